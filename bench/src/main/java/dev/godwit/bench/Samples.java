package dev.godwit.bench;

import java.util.List;

/** What was measured in several rounds: the median counts, and the spread says how far to trust it. */
record Samples(List<Double> values) {

    Samples {
        values = values.stream().sorted().toList();
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values is empty: nothing was measured");
        }
    }

    static Samples of(double value) {
        return new Samples(List.of(value));
    }

    /** The middle value; of an even number, the mean of the two in the middle. */
    double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    double least() {
        return values.get(0);
    }

    double most() {
        return values.get(values.size() - 1);
    }
}
