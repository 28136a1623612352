package dev.godwit.client;

import dev.godwit.client.LocalState.Position;
import dev.godwit.client.LocalState.ScopeState;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Opening;
import dev.godwit.wire.Page;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.SyncRequest;
import dev.godwit.wire.WireException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an answer may not say, whatever the server holds: it would contradict its request, what this device has seen, or itself. One
 * for each answer; its frames come in their order.
 */
final class AnswerChecks {
    private final SyncRequest request;
    private final Set<String> noticed = new HashSet<>();
    private final Map<String, Cursor> reached = new HashMap<>();
    private UUID timeline = Checkpoint.NONE.timeline();

    AnswerChecks(SyncRequest request) {
        this.request = request;
    }

    void opening(Opening opening) {
        if (opening.requestId() != request.requestId()) {
            throw new WireException(
                    WireException.Kind.MALFORMED,
                    "the answer is for request " + opening.requestId() + " and not for " + request.requestId()
                            + ": something between here and the server mixes answers up");
        }
        timeline = opening.timeline();
    }

    void notice(ScopeNotice notice) {
        if (!noticed.add(notice.scope())) {
            throw malformed("the answer has two notices for scope " + notice.scope());
        }
    }

    void page(Page page, Position position) {
        String scope = page.scope();
        if (position.scope(scope) == null) {
            throw malformed("a page of scope " + scope + ", which was not asked for");
        }
        checkTimeline("a page of", scope, page.cursor().at());
        if (!request.takesEdits() && hasEdits(page)) {
            throw malformed("edits of texts in scope " + scope + ", which were asked for whole");
        }
        checkAdvance(scope, reached.put(scope, page.cursor()), page.cursor());
    }

    private static boolean hasEdits(Page page) {
        return page.blocks().stream().flatMap(b -> b.columns().stream()).anyMatch(c -> c.role() == ColumnRole.EDIT);
    }

    /** Each page of an answer goes further than the one before: one that comes again and again would fill the disk. */
    private void checkAdvance(String scope, @Nullable Cursor before, Cursor now) {
        boolean isFurther = before == null
                || (!now.equals(before) && now.at().commit() >= before.at().commit());
        if (!isFurther) {
            throw malformed("a page of scope " + scope + " ends at commit "
                    + now.at().commit() + ", no further than the one before it");
        }
    }

    /** A cut does not go back. Pages may: columns that are new here are read from zero (H7c). */
    void cut(String scope, Checkpoint at, Position position) {
        checkTimeline("the cut of", scope, at);
        ScopeState known = position.scope(scope);
        Checkpoint visible = known == null ? Checkpoint.NONE : known.visible();
        if (at.timeline().equals(visible.timeline()) && at.commit() < visible.commit()) {
            throw malformed("the cut of scope " + scope + " is at commit " + at.commit()
                    + ", and this device has seen commit " + visible.commit() + " of the same timeline");
        }
        boolean isShown = known != null && known.isAt(at) && request.fresh().isEmpty();
        if (isShown && reached.containsKey(scope)) {
            throw malformed("rows of scope " + scope + ", and none is newer than commit " + at.commit()
                    + ", which this device shows");
        }
    }

    /** Nothing of a time that is not the answer's: it would be asked for again as the device's own position. */
    private void checkTimeline(String what, String scope, Checkpoint at) {
        if (!at.timeline().equals(timeline)) {
            throw malformed(what + " scope " + scope + " is of timeline " + at.timeline()
                    + ", and the answer of timeline " + timeline);
        }
    }

    private static WireException malformed(String what) {
        return new WireException(
                WireException.Kind.MALFORMED,
                what + ": the server contradicts itself, and nothing was changed; look at its version and its log");
    }
}
