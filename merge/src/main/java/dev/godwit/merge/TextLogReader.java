package dev.godwit.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads what {@link TextLog} describes, event by event, and nothing that comes to more than the bounds. */
final class TextLogReader {
    private static final int FEW = 64;

    private final TextLog.Bounds bounds;
    private final long[] agents;
    private final PackedReader[] columns = new PackedReader[TextLog.COLUMNS - 1];
    private final String text;
    private final Map<Long, VersionVector> own = new HashMap<>();
    private VersionVector all = VersionVector.none();
    private long events;
    private long splices;
    private int bytes;

    private int group;
    private int groupAgent;
    private int groupForm;
    private int groupSplices;

    private int run;
    private int deleted;
    private int inserted;
    private int step;
    private long at;
    private long place;
    private int textAt;

    TextLogReader(byte[] bytes, TextLog.Bounds bounds) {
        this.bounds = bounds;
        PackedReader reader = new PackedReader(bytes);
        if (reader.number() != TextLog.FORMAT) {
            throw reader.bad("a text log of another format");
        }
        agents = agents(reader);
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new PackedReader(column(reader));
        }
        text = PackedReader.utf8(column(reader));
        reader.end();
    }

    private long[] agents(PackedReader reader) {
        long[] named = new long[reader.number(Math.min(bounds.agents(), reader.left()))];
        long previous = 0;
        for (int i = 0; i < named.length; i++) {
            named[i] = previous + reader.signed();
            if (i > 0 && named[i] <= previous) {
                throw reader.bad("agents out of order");
            }
            previous = named[i];
        }
        return named;
    }

    private byte[] column(PackedReader reader) {
        int length = reader.number(bounds.bytes() - bytes);
        bytes += length;
        return inflated(reader.block(), length, reader);
    }

    /** Grows with what comes out of the bytes, not with what they say. */
    private static byte[] inflated(byte[] deflated, int length, PackedReader reader) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(deflated);
            byte[] result = new byte[(int) Math.min(length, 64L + 4L * deflated.length)];
            int size = 0;
            while (!inflater.finished()) {
                if (size == result.length) {
                    result = Arrays.copyOf(result, (int) Math.min(length + 1L, 2L * size + 64));
                }
                int count = inflater.inflate(result, size, result.length - size);
                size += count;
                if (size > length || (count == 0 && !inflater.finished() && size < result.length)) {
                    throw reader.bad("a column that is not of its length");
                }
            }
            if (size != length || inflater.getRemaining() > 0) {
                throw reader.bad("a column that is not of its length");
            }
            return Arrays.copyOf(result, size);
        } catch (DataFormatException notDeflated) {
            throw reader.bad("a column that was not deflated");
        } finally {
            inflater.end();
        }
    }

    boolean hasNext() {
        return group > 0 || columns[TextLog.GROUPS].left() > 0;
    }

    TextEvent next() {
        if (group == 0) {
            startGroup();
        }
        group--;
        long agent = agents[groupAgent];
        VersionVector previous = own.getOrDefault(agent, VersionVector.none());
        VersionVector seen = groupForm == TextLog.SEEN_ALL ? all : previous;
        if (groupForm == TextLog.SEEN_EXPLICIT) {
            seen = differences(previous);
        }
        List<Splice> list = new ArrayList<>(Math.min(groupSplices, FEW)); // what the bytes say allocates nothing
        for (int i = 0; i < groupSplices; i++) {
            list.add(splice());
        }
        TextEvent event = new TextEvent(agent, seen.count(agent) + 1, seen, list);
        VersionVector version = event.version();
        own.put(agent, version);
        all = all.join(version);
        return event;
    }

    private void startGroup() {
        PackedReader reader = columns[TextLog.GROUPS];
        int head = reader.number(Math.max(0, 3 * agents.length - 1));
        groupAgent = head / 3;
        groupForm = head % 3;
        groupSplices = reader.number(bounds.splices());
        group = reader.number(bounds.events());
        events += group;
        splices += (long) group * groupSplices;
        if (agents.length == 0 || group == 0 || (groupForm == TextLog.SEEN_EXPLICIT && group > 1)) {
            throw reader.bad("a group of " + group + " events");
        }
        if (events > bounds.events() || splices > bounds.splices()) {
            throw reader.bad(events + " events, " + splices + " splices; at most " + bounds);
        }
    }

    private VersionVector differences(VersionVector previous) {
        PackedReader reader = columns[TextLog.GROUPS];
        VersionVector seen = previous;
        for (int i = reader.number(agents.length); i > 0; i--) {
            long agent = agents[reader.number(agents.length - 1)];
            seen = seen.with(agent, seen.count(agent) + reader.signed());
        }
        return seen;
    }

    private Splice splice() {
        if (run == 0) {
            startRun();
        }
        run--;
        int end = textAt + inserted;
        if (at < 0 || at > Integer.MAX_VALUE || end < 0 || end > text.length()) {
            throw columns[TextLog.RUNS].bad("a splice at " + at + " that inserts to " + end + " of " + text.length());
        }
        Splice splice = new Splice((int) at, deleted, text.substring(textAt, end));
        textAt = end;
        place = at + inserted;
        at += step;
        return splice;
    }

    private void startRun() {
        PackedReader reader = columns[TextLog.RUNS];
        int head = reader.number(Integer.MAX_VALUE);
        int kind = head % 8;
        run = head / 8 + 1;
        boolean deletes = kind >= SpliceRun.UNIT_DELETED;
        boolean inserts = kind <= SpliceRun.INSERTED || kind == SpliceRun.REPLACED;
        if (kind > SpliceRun.REPLACED || (kind == SpliceRun.REPLACED && run > 1)) {
            throw reader.bad("a run of " + run + " of kind " + kind);
        }
        deleted = deletes ? size(kind, SpliceRun.UNIT_DELETED, SpliceRun.UNIT_ERASED) : 0;
        inserted = inserts ? size(kind, SpliceRun.TYPED, SpliceRun.TYPED) : 0;
        boolean backwards = kind == SpliceRun.UNIT_ERASED || kind == SpliceRun.ERASED;
        step = backwards ? -deleted : deletes ? 0 : inserted;
        at = (long) SpliceCodec.at(columns[TextLog.PLACES], place) - (backwards ? deleted : 0);
    }

    private int size(int kind, int unit, int otherUnit) {
        return kind == unit || kind == otherUnit ? 1 : columns[TextLog.SIZES].number(Integer.MAX_VALUE);
    }

    void end() {
        for (PackedReader column : columns) {
            column.end();
        }
        if (run > 0 || textAt < text.length()) {
            throw columns[TextLog.RUNS].bad("more splices than the events have");
        }
    }
}
