package dev.godwit.merge;

import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Declared values win over others by their place in a list, and by stamp where the place is the same; values that are not in
 * the list come first of all.
 *
 * <p>Whoever has seen a value may set one of a lower place (an order is opened again). So that this does not depend on the
 * order of arrival, such a write begins a new <i>round</i>, and writes compare by round, place and stamp. A write's round is
 * that of the last one its writer had seen, plus one if it goes back; it depends on what was seen and on nothing else. Law: the
 * cell holds the greatest accepted write by (round, place, stamp). A CRDT: a register over a total order that extends
 * causality.
 *
 * <p>The memory is the writes that began a round, oldest first, 20 bytes each: commit number, writer (8 bytes each,
 * big-endian) and round (4); the round of the stored value is the last one's.
 */
final class Precedence implements ColumnRule {
    private static final int ENTRY = 20;

    private final List<String> order;

    Precedence(List<String> order) {
        this.order = order;
    }

    @Override
    public boolean remembers() {
        return true;
    }

    private int place(Value value) {
        return value.kind() == Value.Kind.TEXT ? order.indexOf(value.asText()) : -1;
    }

    @Override
    public Verdict decide(Attempt attempt) {
        Value memory = attempt.memory();
        Value seen = attempt.concurrent() ? attempt.write().baseOrNull() : attempt.stored();
        boolean back = place(attempt.incoming()) < place(seen);
        int round = seenRound(memory, attempt.stamp().writer(), attempt.base()) + (back ? 1 : 0);
        Value remembered =
                back ? append(memory, attempt.commit(), attempt.stamp().writer(), round) : memory;
        int byRound = Integer.compare(round, lastRound(memory));
        int byPlace = Integer.compare(place(attempt.incoming()), place(attempt.stored()));
        boolean wins = !attempt.concurrent()
                || byRound > 0
                || (byRound == 0 && (byPlace > 0 || (byPlace == 0 && isLater(attempt.stamp(), attempt.cell()))));
        Verdict.Settled settled = wins ? Verdict.replace(attempt, attempt.incoming()) : Verdict.keep(attempt);
        return new Verdict.Settled(settled.value(), settled.taken(), remembered, settled.loser(), false);
    }

    private static boolean isLater(Stamp stamp, CellState cell) {
        return stamp.compareTo(cell.stamp()) > 0;
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        Value base = write.base();
        boolean seen = base == null || base.equals(current);
        return seen || place(write.value()) >= place(current) ? write.value() : current;
    }

    private static ByteBuffer entries(Value memory) {
        return ByteBuffer.wrap(memory instanceof Value.BlobValue blob ? blob.value() : new byte[0]);
    }

    private static int lastRound(Value memory) {
        int last = 0;
        for (ByteBuffer in = entries(memory); in.remaining() >= ENTRY; ) {
            in.getLong();
            in.getLong();
            last = Math.max(last, in.getInt());
        }
        return last;
    }

    private static int seenRound(Value memory, long writer, long base) {
        int last = 0;
        for (ByteBuffer in = entries(memory); in.remaining() >= ENTRY; ) {
            boolean seen = in.getLong() <= base;
            boolean own = in.getLong() == writer;
            int round = in.getInt();
            last = seen || own ? Math.max(last, round) : last;
        }
        return last;
    }

    private static Value append(Value memory, long commit, long writer, int round) {
        ByteBuffer old = entries(memory);
        return Value.of(ByteBuffer.allocate(old.remaining() + ENTRY)
                .put(old)
                .putLong(commit)
                .putLong(writer)
                .putInt(round)
                .array());
    }

    /** Everybody has seen the rounds up to the horizon: the highest of them is enough. */
    @Override
    public Value fold(Value memory, long horizon) {
        int round = 0;
        Value kept = Value.NULL;
        for (ByteBuffer in = entries(memory); in.remaining() >= ENTRY; ) {
            long commit = in.getLong();
            long writer = in.getLong();
            int next = in.getInt();
            if (commit <= horizon) {
                round = Math.max(round, next);
            } else {
                kept = append(
                        kept.isNull() && round > 0 ? append(kept, horizon, 0, round) : kept, commit, writer, next);
            }
        }
        return kept.isNull() && round > 0 ? append(kept, horizon, 0, round) : kept;
    }
}
