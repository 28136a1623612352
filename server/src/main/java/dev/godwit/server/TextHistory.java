package dev.godwit.server;

import dev.godwit.merge.Seen.Former;
import dev.godwit.merge.Splice;
import dev.godwit.merge.SpliceCodec;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.VersionVector;
import dev.godwit.server.StoreMemory.LoggedEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** A part of the log of a text as the graph of events that a walk wants. */
final class TextHistory {
    private final List<LoggedEdit> log;
    private final List<TextEvent> events;
    /** By index, what was there before that edit; one more for all of it. */
    private final VersionVector[] versions;

    private final LongFunction<List<Former>> formers;
    private final Map<Long, List<Former>> known = new HashMap<>();

    private TextHistory(List<LoggedEdit> log, LongFunction<List<Former>> formers) {
        this.log = log;
        this.formers = formers;
        this.events = new ArrayList<>(log.size());
        this.versions = new VersionVector[log.size() + 1];
        versions[0] = VersionVector.none();
        for (int i = 0; i < log.size(); i++) {
            LoggedEdit one = log.get(i);
            long own = versions[i].count(one.writer());
            events.add(new TextEvent(
                    one.writer(),
                    own + 1,
                    seen(one.writer(), one.base(), i),
                    SpliceCodec.decode(one.splices(), one.splices().length)));
            versions[i + 1] = versions[i].with(one.writer(), own + 1);
        }
    }

    /**
     * The log from the commit on that everybody in it, and whoever has seen all up to {@code base}, has seen.
     *
     * @param above the edits above a commit number, in order
     */
    static List<LoggedEdit> reaching(LongFunction<List<LoggedEdit>> above, long base) {
        long from = base;
        while (true) {
            List<LoggedEdit> log = above.apply(from);
            long least = log.stream().mapToLong(LoggedEdit::base).min().orElse(from);
            if (least >= from) {
                return log;
            }
            from = least;
        }
    }

    /**
     * The graph of a log.
     *
     * @param formers whose edits a writer's own were, too
     */
    static TextHistory of(List<LoggedEdit> log, LongFunction<List<Former>> formers) {
        return new TextHistory(log, formers);
    }

    List<TextEvent> events() {
        return events;
    }

    /** The next event of a writer who has seen everything up to a base. */
    TextEvent next(long writer, long base, List<Splice> splices) {
        long own = versions[log.size()].count(writer);
        return new TextEvent(writer, own + 1, seen(writer, base, log.size()), splices);
    }

    /** What a writer had seen of the edits before a place in the log: all up to his base, and his own. */
    private VersionVector seen(long writer, long base, int before) {
        VersionVector seen = versions[Math.min(before, upTo(base))].with(writer, versions[before].count(writer));
        for (Former former : known.computeIfAbsent(writer, formers::apply)) {
            long his = versions[Math.min(before, upTo(former.upTo()))].count(former.writer());
            seen = seen.with(former.writer(), Math.max(his, seen.count(former.writer())));
        }
        return seen;
    }

    /** How many edits of the log a base includes. */
    private int upTo(long base) {
        int low = 0;
        int high = log.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (log.get(middle).commit() <= base) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
