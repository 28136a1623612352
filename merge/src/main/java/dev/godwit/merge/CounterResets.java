package dev.godwit.merge;

import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;

/**
 * The resets that a counter remembers: 48 bytes each, all big-endian longs: commit number, stamp (time, writer), value, what its
 * device showed before, sum. One without a stamp is a mark: up to its commit number nobody knows who had seen what, but for the
 * writer that its value names, if it is not 0, whose own those all are. Negative commit numbers are of a scope that the row has
 * left.
 */
record CounterResets(List<Reset> resets) {
    private static final int ENTRY = 48;

    /**
     * One reset.
     *
     * @param commit its commit number
     * @param stamp its stamp
     * @param value what it says the counter is
     * @param shown what its device showed before
     * @param sum the deltas that its writer had seen, from the counter's origin
     */
    record Reset(long commit, Stamp stamp, long value, long shown, long sum) {
        /** Before any other: the counter begins at zero with nothing seen. */
        static final Reset ORIGIN = new Reset(0, Stamp.ZERO, 0, 0, 0);

        /** Whether it stands for those that were forgotten, or of which nobody knows any more who had seen them. */
        boolean isMark() {
            return stamp.equals(Stamp.ZERO);
        }

        boolean isSeen(Seen seen) {
            return seen.has(commit, stamp.writer());
        }

        private boolean isOwn(Seen seen) {
            return seen.isOwn(commit, stamp.writer());
        }
    }

    CounterResets {
        resets = List.copyOf(resets);
    }

    static CounterResets decode(Value memory) {
        List<Reset> resets = new ArrayList<>();
        if (memory instanceof Value.BlobValue blob) {
            for (ByteBuffer in = ByteBuffer.wrap(blob.value()); in.remaining() >= ENTRY; ) {
                resets.add(new Reset(
                        in.getLong(), new Stamp(in.getLong(), in.getLong()), in.getLong(), in.getLong(), in.getLong()));
            }
        }
        return new CounterResets(resets);
    }

    Value encode() {
        if (resets.isEmpty()) {
            return Value.NULL;
        }
        ByteBuffer out = ByteBuffer.allocate(resets.size() * ENTRY);
        for (Reset reset : resets) {
            out.putLong(reset.commit())
                    .putLong(reset.stamp().time())
                    .putLong(reset.stamp().writer())
                    .putLong(reset.value())
                    .putLong(reset.shown())
                    .putLong(reset.sum());
        }
        return Value.of(out.array());
    }

    /** The reset with the greatest stamp among some; the origin if there is none. */
    Reset greatest(Predicate<Reset> among) {
        Reset greatest = Reset.ORIGIN;
        for (Reset reset : resets) {
            if (among.test(reset) && reset.stamp().compareTo(greatest.stamp()) > 0) {
                greatest = reset;
            }
        }
        return greatest;
    }

    /**
     * By how much a writer's own resets moved what his device showed on top of the server's value at his base: the device
     * predicts that each of them holds, even above one that it has pulled since and that is the greater.
     */
    long ownSteps(Seen seen) {
        long steps = 0;
        for (Reset reset : resets) {
            if (reset.commit() > seen.base() && reset.isOwn(seen)) {
                steps = Math.addExact(steps, Math.subtractExact(reset.value(), reset.shown()));
            }
        }
        return steps;
    }

    CounterResets with(Reset reset) {
        List<Reset> more = new ArrayList<>(resets);
        more.add(reset);
        return new CounterResets(more);
    }

    /**
     * Below the horizon only the greatest is kept, as long as the counter: a device that was away for longer may not have seen it.
     * If there were others, which such a device may have seen or sent, their place is kept too; and where it is of a scope that
     * the row has left, the horizon's: see {@link #tells}.
     */
    CounterResets fold(long horizon) {
        Reset seen = greatest(reset -> reset.commit() <= horizon);
        List<Reset> kept = new ArrayList<>();
        long last = Long.MIN_VALUE;
        for (Reset reset : resets) {
            if (reset.commit() > horizon || reset.equals(seen)) {
                kept.add(reset);
            }
            if (reset.commit() <= horizon) {
                last = Math.max(last, reset.commit());
            }
        }
        if (seen.commit() < 0) {
            last = horizon;
        }
        if (kept.size() < resets.size() || seen.commit() < 0) {
            kept.add(0, mark(last, 0));
        }
        return new CounterResets(kept);
    }

    private static Reset mark(long commit, long writer) {
        return new Reset(commit, Stamp.ZERO, writer, 0, 0);
    }

    /**
     * The same in other numbers. What has moved before gets one number, and so a mark: whoever is below it may have seen a
     * part, unless all of it is his own.
     */
    CounterResets renumbered(LongUnaryOperator numbers) {
        List<Reset> moved = new ArrayList<>();
        List<Long> writers = resets.stream()
                .filter(reset -> reset.commit() < 0)
                .map(reset -> reset.isMark() ? reset.value() : reset.stamp().writer())
                .distinct()
                .toList();
        if (!writers.isEmpty()) {
            moved.add(mark(numbers.applyAsLong(-1), writers.size() == 1 ? writers.get(0) : 0));
        }
        for (Reset reset : resets) {
            moved.add(new Reset(
                    numbers.applyAsLong(reset.commit()), reset.stamp(), reset.value(), reset.shown(), reset.sum()));
        }
        return new CounterResets(moved);
    }

    /** Whether it can be told what a writer had seen: his own, what is up to his base, and nothing else. */
    boolean tells(Seen seen) {
        return resets.stream()
                .allMatch(reset -> reset.isMark()
                        ? reset.commit() <= seen.base()
                                || (reset.value() != 0 && seen.isOwn(reset.commit(), reset.value()))
                        : seen.base() != Attempt.UNKNOWN || reset.isOwn(seen));
    }
}
