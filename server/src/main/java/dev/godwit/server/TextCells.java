package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.Splice;
import dev.godwit.merge.SpliceCodec;
import dev.godwit.merge.TextDiff;
import dev.godwit.merge.TextEdit;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.TextWalk;
import dev.godwit.merge.Verdict;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.server.StoreMemory.LoggedEdit;
import java.util.List;

/**
 * Merges edits of texts. The log keeps what each transaction sent, with what it had seen: all edits up to its base, and its
 * device's own. A walk over the part of the log that somebody has not seen says where the edits belong in the text as it is;
 * without concurrent edits they belong where they are.
 */
final class TextCells {
    private final Works works;

    TextCells(Works works) {
        this.works = works;
    }

    /** The text after an edit; the edit is kept in the log if the transaction is. */
    Verdict decide(RowWork work, RowMeta meta, int place, Attempt attempt) {
        if (attempt.write().role() != ColumnRole.EDIT) {
            return new Verdict.Refused("a merged_text takes edits, not values");
        }
        TextEdit edit;
        try {
            edit = TextEdit.decode(attempt.write().value());
        } catch (IllegalArgumentException unreadable) {
            return new Verdict.Refused(String.valueOf(unreadable.getMessage()));
        }
        long base = base(edit, attempt, meta.scope());
        String stored = TextEdit.text(attempt.stored());
        try {
            String merged = attempt.cell().isConcurrent(attempt.seen().withBase(base))
                    ? merge(work, meta, place, edit, base, stored)
                    : TextEdit.text(edit.applyTo(attempt.stored()));
            LoggedEdit logged = new LoggedEdit(
                    attempt.commit(), works.writer, base, stored.length(), SpliceCodec.encode(edit.splices()));
            work.edits.put(place, logged);
            return new Verdict.Settled(edit.value(merged), true, Value.NULL, Verdict.Loser.NONE, false);
        } catch (IllegalArgumentException outside) {
            return new Verdict.Refused("its edits do not fit the text that they were made on: " + outside.getMessage());
        }
    }

    /** An edit that was written anew names its own base; like any base it counts as far as the past is shared (H5). */
    private long base(TextEdit edit, Attempt attempt, String scope) {
        Checkpoint own = edit.base();
        return own == null
                ? attempt.base()
                : Math.max(0, Math.min(own.commit(), works.store.sharedUntil(own.timeline(), scope)));
    }

    private String merge(RowWork work, RowMeta meta, int place, TextEdit edit, long base, String stored) {
        List<LoggedEdit> log =
                TextHistory.reaching(from -> works.store.memory().edits(work.table, work.key, place, from), base);
        boolean isForgotten = log.isEmpty() || !isRemembered(meta, base);
        if (isForgotten && !works.mayBeTaken(work, meta.scope())) {
            throw new IllegalArgumentException(
                    "it is not remembered any more, and the row is deleted or in a scope that this device does not sync");
        }
        if (isForgotten) {
            throw new NotNow("edits were made on a text that is not remembered any more: take the present one first");
        }
        TextHistory history = TextHistory.of(log, writer -> works.store.memory().formers(writer, meta.scope()));
        List<TextEvent> events = history.events();
        TextEvent incoming = history.next(works.writer, base, edit.splices());
        int from = TextWalk.needed(events, incoming.seen());
        int length = from < log.size() ? log.get(from).length() : stored.length();
        List<Splice> moved = TextWalk.transform(length, events.subList(from, events.size()), incoming);
        return Splice.apply(stored, moved);
    }

    /** Whether the log reaches back to a base: it begins anew when the row comes into a scope, and ends at the horizon. */
    private boolean isRemembered(RowMeta meta, long base) {
        boolean insertedByWriter =
                works.seen(meta.scope()).isOwn(meta.arrived(), meta.birth().writer())
                        && meta.birth().commit() == meta.arrived();
        return (meta.arrived() <= base || insertedByWriter) && base >= works.store.horizon(meta.scope());
    }

    /** An operator wrote the text: as somebody who had seen everything. */
    static void overwritten(
            StoreWriter store, Table table, Key key, int place, Value before, Value after, long commit) {
        boolean texts = (before.isNull() || before.kind() == Value.Kind.TEXT)
                && (after.isNull() || after.kind() == Value.Kind.TEXT);
        if (texts) {
            String was = TextEdit.text(before);
            byte[] splices = SpliceCodec.encode(TextDiff.between(was, TextEdit.text(after)));
            store.memory().append(table, key, place, new LoggedEdit(commit, 0, commit - 1, was.length(), splices));
        }
    }
}
