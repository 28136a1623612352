package dev.godwit.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long it is since devices had everything. Of who was away for longer than the server remembers, nobody knows any more what
 * he had seen of a set (docs/merging.md): what he takes out is gone, whoever has put it in anew.
 */
final class Absences {
    private final Expectations expectations;
    private final long retentionMillis;
    private final Map<String, Long> lastSynced = new HashMap<>();
    /** What each device has taken out of sets since it last had everything, box by box. */
    private final Map<String, Set<String>> taken = new HashMap<>();

    Absences(Expectations expectations, long retentionMillis) {
        this.expectations = expectations;
        this.retentionMillis = retentionMillis;
    }

    /** Something is taken out of a set. */
    void takes(String device, String box) {
        taken.computeIfAbsent(device, name -> new HashSet<>()).add(box);
    }

    /** A device has everything, and the server has all of its own. */
    void synced(String device, long millis) {
        Long before = lastSynced.put(device, millis);
        Set<String> boxes = taken.remove(device);
        if (boxes != null && (before == null || millis - before > retentionMillis)) {
            boxes.forEach(expectations::attempted);
        }
    }

    /** Another device has the same file. */
    void copied(String device, String copy) {
        Long before = lastSynced.get(device);
        if (before != null) {
            lastSynced.put(copy, before);
        }
        taken.put(copy, new HashSet<>(taken.getOrDefault(device, Set.of())));
    }

    /** All is quiet. */
    void end(long millis) {
        Set.copyOf(taken.keySet()).forEach(device -> synced(device, millis));
    }
}
