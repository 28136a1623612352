package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.CellState;
import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.merge.Seen;
import dev.godwit.merge.Verdict;
import dev.godwit.merge.Verdict.Loser;
import dev.godwit.model.Column;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Merges the writes of one row, column by column. */
final class CellMerge {
    private final Works works;
    private final ResolverCalls resolvers;
    private final TextCells texts;

    CellMerge(Works works, ResolverCalls resolvers) {
        this.works = works;
        this.resolvers = resolvers;
        this.texts = new TextCells(works);
    }

    /** The greatest time among what the writes had seen of cells in these states, which theirs must exceed. */
    static long seenTime(Works works, IncomingRow row, RowMeta meta, IntFunction<CellState> cells) {
        Seen seen = works.seen(meta.scope());
        long floor = 0;
        for (int i = 0; i < row.columns().length; i++) {
            int column = row.columns()[i];
            CellState cell = cells.apply(column);
            if (seen.has(cell.commit(), cell.stamp().writer())) {
                floor = Math.max(floor, cell.stamp().time());
            }
            // also then: the last who wrote the cell need not have had the greatest stamp among those that the rule
            // remembers
            ColumnRule rule = ColumnRule.of(row.table().columns().get(column));
            Supplier<Value> remembered = () -> works.store.memory().of(row.table(), row.key(), column);
            Seen known = MovedMemory.seen(works, row.table(), row.key(), column, meta);
            floor = Math.max(floor, rule.seenTime(remembered, row.writes()[i], known));
        }
        return floor;
    }

    /** Merges into a stored row, or one that comes back. */
    void merge(IncomingRow row, RowWork work, Value[] stored, RowMeta meta) {
        Value[] after = stored.clone();
        for (int i = 0; i < row.columns().length; i++) {
            merge(row, i, work, after, meta);
        }
        work.after = after;
    }

    private void merge(IncomingRow row, int number, RowWork work, Value[] after, RowMeta meta) {
        int place = row.columns()[number];
        CellWrite write = row.writes()[number];
        Column column = work.table.columns().get(place);
        ColumnRule rule = ColumnRule.of(column);
        Attempt attempt = new Attempt(
                after[place],
                work.revived == null ? meta.cell(place) : work.revived.get(place),
                rule.remembers() ? works.store.memory().of(work.table, work.key, place) : Value.NULL,
                write,
                MovedMemory.seen(works, work.table, work.key, place, meta),
                works.expectedCommit(meta.scope()),
                works.stamp);
        Verdict verdict = row.fillsGaps() && attempt.stored().isNull()
                ? Verdict.write(attempt.incoming())
                : column.merge() == MergeWord.MERGED_TEXT
                        ? texts.decide(work, meta, place, attempt)
                        : rule.decide(attempt);
        if (verdict instanceof Verdict.Ask) {
            verdict = resolvers.resolve(work.table, work.key, column.name(), attempt, works);
        }
        if (verdict instanceof Verdict.Refused refused) {
            RejectionCode code = column.merge() == MergeWord.READ_ONLY ? RejectionCode.READ_ONLY : RejectionCode.TYPE;
            throw Refused.cell(code, work.table, work.key, column.name(), refused.reason());
        }
        settle(place, work, after, meta, attempt, (Verdict.Settled) verdict, rule);
    }

    private void settle(
            int place,
            RowWork work,
            Value[] after,
            RowMeta meta,
            Attempt attempt,
            Verdict.Settled settled,
            ColumnRule rule) {
        after[place] = settled.value();
        if (rule.remembers() && !settled.memory().equals(attempt.memory())) {
            work.memories.put(place, settled.memory());
            work.changed = true;
        }
        // a write that lost in part the device leaves out whole, and where nothing has changed here it may believe that
        // it has: then it is sent what stands here
        boolean surprising =
                settled.loser() == Loser.INCOMING ? settled.taken() : !isForeseen(rule, attempt, settled.value());
        if (settled.taken() || surprising) {
            work.written.set(place);
            work.changed = true;
        }
        if (surprising) {
            work.adjusted.set(place);
        }
        if (settled.loser() != Loser.NONE) {
            lose(place, work, meta, attempt, settled);
        }
    }

    /** Whether the device makes the same of its write once it has everything else. */
    private static boolean isForeseen(ColumnRule rule, Attempt attempt, Value value) {
        Value replaced = attempt.write().base();
        // another value than the writer replaced may stand here though nobody else has written: its earlier write was
        // refused; and what a rule remembers may be of writes that have changed nothing
        boolean alone = !attempt.concurrent() && !rule.remembers();
        if (alone && (replaced == null || replaced.equals(attempt.stored()))) {
            return true;
        }
        try {
            return rule.predict(attempt.stored(), attempt.write()).equals(value);
        } catch (ArithmeticException | IllegalArgumentException hasNoPlace) {
            return false;
        }
    }

    private void lose(int place, RowWork work, RowMeta meta, Attempt attempt, Verdict.Settled settled) {
        Column column = work.table.columns().get(place);
        boolean incoming = settled.loser() == Loser.INCOMING;
        if (incoming) {
            works.lose(work.table, work.key, column.name());
        }
        if (column.options().quiet() && !settled.undecided()) {
            return;
        }
        Stamp stored = attempt.cell().stamp();
        works.note(new Conflict(
                meta.scope(),
                work.table,
                work.key,
                column.name(),
                attempt.write().baseOrNull(),
                incoming ? attempt.incoming() : attempt.stored(),
                incoming ? attempt.stored() : attempt.incoming(),
                settled.value(),
                column.rule(),
                incoming ? works.stamp : stored,
                incoming ? stored : works.stamp,
                settled.undecided()));
    }
}
