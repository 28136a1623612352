package dev.godwit.simulation;

import dev.godwit.client.Row;
import java.util.List;
import java.util.Random;

/** The story of a memo, as a device shows it: words that nobody deletes, in some runs with gaps between them. */
record Story(String text) {
    /** Where there is room for another word, as long as most. */
    static final String GAP = "........";

    /** What a device shows. */
    static Story of(SimulatedDevice device, String id) {
        List<Row> rows = device.db().query("select coalesce(story, '') from memo where id = ?", id);
        if (rows.isEmpty()) {
            throw new Workload.NotNow();
        }
        return new Story(rows.get(0).value(0).asText());
    }

    /** A place between two words, before the first or behind the last. */
    int somewhere(Random random) {
        String[] words = text.split("(?<=»)", -1);
        int at = 0;
        for (int i = random.nextInt(words.length + 1); i > 0; i--) {
            at += words[i - 1].length();
        }
        return at;
    }

    /** Where a gap is that a word fits into; -1 if there is none. */
    int gapFor(String word) {
        return text.indexOf(".".repeat(word.length()));
    }
}
