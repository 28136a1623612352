package dev.godwit.server;

import dev.godwit.merge.PulledEdit;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextWalk;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.server.StoreMemory.LoggedEdit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The edits that take a text as a device has it to the text as it is: those of everybody, one after the other, found by a walk
 * over the log. Whatever speaks against them means that the text goes whole: the log does not hold all that happened to the
 * text since, the edits are not much shorter than the text, or finding them would cost too much. The device checks the result
 * too, so that what this cannot see is noticed there.
 */
final class TextPull {
    /** No longer walk is made for a pull. */
    private static final int MOST_EDITS = 10_000;
    /** Edits are sent if they are so many times shorter than the text. */
    private static final int SHORTER = 2;
    /** Edits that are so many times longer than the text are not looked at: joining them saves no more. */
    private static final int FAR_LONGER = 4;

    private final StoreReader reader;
    private final String scope;
    /** Everything up to here is on the device. */
    private final long visible;
    /** Up to here the device may have staged rows of the same cut, which are already the text that came later. */
    private final long staged;

    TextPull(StoreReader reader, String scope, long visible, long staged) {
        this.reader = reader;
        this.scope = scope;
        this.visible = visible;
        this.staged = staged;
    }

    /**
     * The edits of a cell since the checkpoint of the device, as a value on the wire; null if the text has to go whole.
     *
     * @param changed the commit number of the cell's last change
     */
    @Nullable
    Value edits(Table table, Key key, int place, long changed, Value value) {
        if (visible == 0 || value.kind() != Value.Kind.TEXT) {
            return null;
        }
        String now = value.asText();
        List<LoggedEdit> since = reader.edits(table, key, place, visible);
        if (!isWhole(since, changed) || bytes(since) > (long) FAR_LONGER * now.length()) {
            return null;
        }
        List<LoggedEdit> log = TextHistory.reaching(from -> reader.edits(table, key, place, from), visible);
        if (log.size() > MOST_EDITS) {
            return null;
        }
        PulledEdit edit = walk(log, log.size() - since.size(), now);
        Value encoded = edit == null ? Value.NULL : edit.encode();
        return edit == null || (long) SHORTER * encoded.size() >= now.length() ? null : encoded;
    }

    /** Whether the last of the edits is the last change of the cell, and nothing of them is staged on the device. */
    private boolean isWhole(List<LoggedEdit> since, long changed) {
        return !since.isEmpty()
                && since.size() <= MOST_EDITS
                && since.get(0).commit() > staged
                && since.get(since.size() - 1).commit() == changed;
    }

    private static long bytes(List<LoggedEdit> edits) {
        return edits.stream().mapToLong(edit -> edit.splices().length).sum();
    }

    /** The edits from an index of the log on; null if the length of the text tells of changes that are not in it. */
    private @Nullable PulledEdit walk(List<LoggedEdit> log, int from, String now) {
        List<List<Splice>> moved;
        try {
            TextHistory history = TextHistory.of(log, writer -> reader.formers(writer, scope));
            moved = TextWalk.replay(log.get(0).length(), history.events());
        } catch (IllegalArgumentException incomplete) {
            return null;
        }
        int before = log.get(from).length();
        int length = before;
        List<Splice> splices = new ArrayList<>();
        for (int i = from; i < log.size(); i++) {
            splices.addAll(moved.get(i));
            length += moved.get(i).stream().mapToInt(Splice::growth).sum();
        }
        return length == now.length() ? PulledEdit.of(before, splices, now) : null;
    }
}
