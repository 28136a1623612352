package dev.godwit.server;

import dev.godwit.merge.Splice;
import dev.godwit.merge.SpliceCodec;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.VersionVector;
import dev.godwit.server.StoreMemory.LoggedEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** A part of the log of a text as the graph of events that a walk wants. */
final class TextHistory {
    private final List<LoggedEdit> log;
    private final List<TextEvent> events;
    /** By index, what was there before that edit; one more for all of it. */
    private final VersionVector[] versions;

    private TextHistory(List<LoggedEdit> log) {
        this.log = log;
        this.events = new ArrayList<>(log.size());
        this.versions = new VersionVector[log.size() + 1];
        versions[0] = VersionVector.none();
        for (int i = 0; i < log.size(); i++) {
            LoggedEdit one = log.get(i);
            long own = versions[i].count(one.writer());
            VersionVector seen = versions[upTo(one.base())].with(one.writer(), own);
            events.add(new TextEvent(
                    one.writer(), own + 1, seen, SpliceCodec.decode(one.splices(), one.splices().length)));
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

    static TextHistory of(List<LoggedEdit> log) {
        return new TextHistory(log);
    }

    List<TextEvent> events() {
        return events;
    }

    /** The next event of a writer who has seen everything up to a base. */
    TextEvent next(long writer, long base, List<Splice> splices) {
        long own = versions[log.size()].count(writer);
        return new TextEvent(writer, own + 1, versions[upTo(base)].with(writer, own), splices);
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
