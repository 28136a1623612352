package dev.godwit.merge;

import dev.godwit.merge.Seen.Former;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A server with one cell: numbers commits, stamps writes and keeps what a rule remembers, as the real one does. */
final class MergeServer {
    /** A write on its way: what its device had seen, and when the server believes it was made. */
    record Push(long writer, int seenCommits, long believed, CellWrite write) {}

    /** What became of a push. */
    record Decided(Push push, Stamp stamp, boolean concurrent, Value before, Verdict verdict) {
        Verdict.Settled settled() {
            return (Verdict.Settled) verdict;
        }
    }

    private final ColumnRule rule;
    private final Map<Long, Long> lastStamps = new HashMap<>();
    final List<Decided> log = new ArrayList<>();
    Value value;
    Value memory = Value.NULL;
    CellState cell = new CellState(1, new Stamp(1, 0), 0);
    long commit = 1;
    /** The commit number with which the row left its scope, and came into another; numbers there go on with the next. */
    private long moved;

    MergeServer(ColumnRule rule, Value first) {
        this.rule = rule;
        this.value = first;
    }

    Decided push(Push push) {
        return push(push, List.of());
    }

    /** A commit number in the numbers of the memory. */
    private long beside(long number) {
        return number < moved ? number - moved - 1 : number;
    }

    /**
     * A push by a copy of other devices.
     *
     * @param formers those, and up to which commit number their writes are the copy's
     */
    Decided push(Push push, List<Former> formers) {
        long writer = push.writer();
        List<Former> his = formers.stream()
                .map(former -> new Former(former.writer(), beside(former.upTo())))
                .toList();
        Seen seen = new Seen(writer, beside(push.seenCommits() + 1L), his);
        long floor = Math.max(lastStamps.getOrDefault(writer, 0L), rule.seenTime(() -> memory, push.write(), seen));
        boolean concurrent = cell.isConcurrent(seen);
        if (seen.has(cell.commit(), cell.stamp().writer())) {
            floor = Math.max(floor, cell.stamp().time());
        }
        Stamp stamp = new Stamp(Math.max(push.believed(), floor + 1), writer);
        lastStamps.put(writer, stamp.time());
        commit++;
        Verdict verdict = rule.decide(new Attempt(value, cell, memory, push.write(), seen, commit, stamp));
        Decided decided = new Decided(push, stamp, concurrent, value, verdict);
        log.add(decided);
        if (verdict instanceof Verdict.Settled settled) {
            value = settled.value();
            memory = settled.memory();
            cell = settled.taken() ? cell.changed(commit, stamp, seen) : cell;
        }
        return decided;
    }

    /** The commit number, less one, with which the row has moved; 0 if it has not. */
    long moved() {
        return Math.max(0, moved - 1);
    }

    /** The row moves to another scope; the first time. */
    void move() {
        moved = commit;
        memory = rule.renumbered(memory, number -> number - moved - 1);
        cell = new CellState(commit, cell.stamp(), commit);
    }

    void fold(long horizonCommits) {
        memory = rule.fold(memory, horizonCommits + 1);
    }

    /** A device: what it has seen and what of its own it has not seen yet. Its writes go by its own prediction. */
    static final class Client {
        final long number;
        final ColumnRule rule;
        Value seen;
        int seenCommits;
        /** Not sent. */
        final List<Push> pending = new ArrayList<>();
        /** Sent, and not in what was seen. */
        private final List<Push> sent = new ArrayList<>();

        Client(long number, ColumnRule rule, Value first) {
            this.number = number;
            this.rule = rule;
            this.seen = first;
        }

        /** What its application sees. */
        Value shown() {
            Value shown = seen;
            for (Push push : sent) {
                shown = rule.predict(shown, push.write());
            }
            for (Push push : pending) {
                shown = rule.predict(shown, push.write());
            }
            return shown;
        }

        /** Takes what is pending, to be pushed. */
        List<Push> send() {
            List<Push> now = List.copyOf(pending);
            sent.addAll(now);
            pending.clear();
            return now;
        }

        void set(Value next, long believed) {
            add(CellWrite.set(next, shown()), believed);
        }

        void add(CellWrite write, long believed) {
            pending.add(new Push(number, seenCommits, believed, write));
        }

        void pull(MergeServer server) {
            seen = server.value;
            seenCommits = (int) server.commit - 1;
            sent.clear();
        }
    }

    /** The write of a counter that was counted. */
    static CellWrite reset(long value, Value shown) {
        return new CellWrite(ColumnRole.RESET, Value.of(value), Objects.requireNonNull(shown, "shown"));
    }
}
