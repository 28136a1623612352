package dev.godwit.merge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Writes what {@link TextLog} describes, event by event. */
final class TextLogWriter {
    private final long[] agents;
    private final PackedWriter[] columns = new PackedWriter[TextLog.COLUMNS];
    private final StringBuilder text = new StringBuilder();
    private final Map<Long, VersionVector> own = new HashMap<>();
    private VersionVector all = VersionVector.none();
    private @Nullable SpliceRun run;
    private long place;
    private long groupHead = -1;
    private int groupSplices;
    private int group;

    TextLogWriter(List<TextEvent> events) {
        Set<Long> named = new TreeSet<>();
        for (TextEvent event : events) {
            named.add(event.agent());
            named.addAll(event.seen().beyond(all).stream()
                    .map(VersionVector.Range::agent)
                    .toList());
            all = all.join(event.version());
        }
        all = VersionVector.none();
        agents = named.stream().mapToLong(Long::longValue).toArray();
        Arrays.setAll(columns, i -> new PackedWriter());
    }

    void add(TextEvent event) {
        VersionVector before = own.getOrDefault(event.agent(), VersionVector.none());
        int form = form(event.seen(), before);
        long head = 3L * index(event.agent()) + form;
        int splices = event.splices().size();
        if (head != groupHead || splices != groupSplices || form == TextLog.SEEN_EXPLICIT) {
            endGroup();
            groupHead = head;
            groupSplices = splices;
        }
        group++;
        if (form == TextLog.SEEN_EXPLICIT) {
            endGroup();
            writeDifferences(event.seen(), before);
        }
        VersionVector version = event.version();
        own.put(event.agent(), version);
        all = all.join(version);
        event.splices().forEach(this::add);
    }

    /** As the event before has it, if that is true here too: like events make groups. */
    private int form(VersionVector seen, VersionVector before) {
        boolean likeOwn = seen.equals(before);
        boolean likeAll = seen.equals(all);
        if (likeOwn && likeAll) {
            return groupHead % 3 == TextLog.SEEN_ALL ? TextLog.SEEN_ALL : TextLog.SEEN_OWN;
        }
        return likeAll ? TextLog.SEEN_ALL : likeOwn ? TextLog.SEEN_OWN : TextLog.SEEN_EXPLICIT;
    }

    private void writeDifferences(VersionVector seen, VersionVector before) {
        Set<Long> different = new TreeSet<>();
        seen.beyond(before).forEach(range -> different.add(range.agent()));
        before.beyond(seen).forEach(range -> different.add(range.agent()));
        columns[TextLog.GROUPS].number(different.size());
        for (long agent : different) {
            columns[TextLog.GROUPS].number(index(agent));
            columns[TextLog.GROUPS].signed(seen.count(agent) - before.count(agent));
        }
    }

    private void endGroup() {
        if (group > 0) {
            columns[TextLog.GROUPS].number(groupHead);
            columns[TextLog.GROUPS].number(groupSplices);
            columns[TextLog.GROUPS].number(group);
            group = 0;
        }
    }

    private void add(Splice splice) {
        text.append(splice.inserted());
        if (run != null && run.accepts(splice)) {
            return;
        }
        endRun();
        run = new SpliceRun(splice);
    }

    private void endRun() {
        if (run == null) {
            return;
        }
        Splice first = run.first;
        long distance = first.at() - place;
        int kind = run.kind(distance);
        boolean backwards = kind == SpliceRun.UNIT_ERASED || kind == SpliceRun.ERASED;
        columns[TextLog.RUNS].number((run.count() - 1L) * 8 + kind);
        columns[TextLog.PLACES].signed(backwards ? distance + first.deleted() : distance);
        if (kind == SpliceRun.DELETED || kind == SpliceRun.ERASED || kind == SpliceRun.REPLACED) {
            columns[TextLog.SIZES].number(first.deleted());
        }
        if (kind == SpliceRun.INSERTED || kind == SpliceRun.REPLACED) {
            columns[TextLog.SIZES].number(first.inserted().length());
        }
        place = run.end();
    }

    private int index(long agent) {
        return Arrays.binarySearch(agents, agent);
    }

    byte[] toBytes() {
        endGroup();
        endRun();
        columns[TextLog.TEXT].write(text.toString().getBytes(StandardCharsets.UTF_8));
        PackedWriter writer = new PackedWriter();
        writer.number(TextLog.FORMAT);
        writer.number(agents.length);
        long previous = 0;
        for (long agent : agents) {
            writer.signed(agent - previous);
            previous = agent;
        }
        for (PackedWriter column : columns) {
            writer.number(column.size());
            writer.block(deflated(column.toBytes()));
        }
        return writer.toBytes();
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream result = new ByteArrayOutputStream();
            byte[] part = new byte[1 << 12];
            while (!deflater.finished()) {
                result.write(part, 0, deflater.deflate(part));
            }
            return result.toByteArray();
        } finally {
            deflater.end();
        }
    }
}
