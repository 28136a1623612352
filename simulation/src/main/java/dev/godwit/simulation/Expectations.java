package dev.godwit.simulation;

import dev.godwit.client.Commit;
import dev.godwit.client.OutboxEntry;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.TransactionId;
import dev.godwit.rows.Sql;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was promised to whom, as simply as it can be said: a list of the transactions whose commit returned on a device, and of
 * what each wrote. It knows nothing of bases, stamps or receipts; at the end every one of them has to be somewhere (P1, P2,
 * P6, P8), and every value too (P9).
 */
final class Expectations {
    private final Reach reach;
    private final Map<TransactionId, Promise> promises = new HashMap<>();
    /** Values that somebody replaced who had them before his eyes. */
    private final Set<String> replaced = new HashSet<>();
    /** What the server has decided, and has not lost since. */
    private final Set<String> decided = new HashSet<>();

    /** Values that had lost and were in the inbox, of which the server has lost that. */
    private final Set<String> losersForgotten = new HashSet<>();
    /** How many promises there were when a device had read everything again that the server had lost. */
    private final Map<String, Integer> readAgain = new HashMap<>();

    private long noted;
    private boolean agesAreKnown = true;
    /** How long a request was on its way at most: by so much a write may seem younger than it is. */
    private long longestWay;

    private final boolean keepsAllConflicts;

    /** What a transaction wrote, where the model can find it again. */
    sealed interface Wrote {}

    /** Two entries: of the same batch in one scope, or of one batch in each of two. */
    record Batch(String from, String to) implements Wrote {}

    /** A value that nobody else writes, in a cell whose row is never deleted. */
    record Value(String id, String column, String value, String before, long millis) implements Wrote {}

    /** A word in a text from which nothing is deleted. */
    record Word(String id, String word) implements Wrote {}

    private static final class Promise {
        final int number;
        final String device;
        final @Nullable Wrote wrote;
        /** Whether its user has put an older copy of the database in place, or thrown it away: it may be gone. */
        boolean excused;

        Promise(int number, String device, @Nullable Wrote wrote) {
            this.number = number;
            this.device = device;
            this.wrote = wrote;
        }
    }

    Expectations(Reach reach, boolean keepsAllConflicts) {
        this.reach = reach;
        this.keepsAllConflicts = keepsAllConflicts;
    }

    /** A request was on its way for so long. */
    void onTheWay(long millis) {
        longestWay = Math.max(longestWay, millis);
    }

    /** From now on nobody knows how old some writes are, or what was there when they were made. */
    void forgetAges() {
        agesAreKnown = false;
    }

    /** A commit has returned. */
    void acknowledged(SimulatedDevice device, Commit commit, @Nullable Wrote wrote) {
        commit.id().ifPresent(id -> {
            promises.put(id, new Promise(promises.size(), device.name, wrote));
            reach.count("transactions");
        });
    }

    /** The user threw it away, or wrote it again under another id. */
    void excuse(TransactionId id) {
        Promise promise = promises.get(id);
        if (promise != null) {
            promise.excused = true;
        }
    }

    /** Written again under another id. */
    void again(SimulatedDevice device, TransactionId old, Commit commit) {
        Promise promise = promises.get(old);
        excuse(old);
        acknowledged(device, commit, promise == null ? null : promise.wrote);
    }

    /** Whether the model looks into what it wrote. */
    boolean isWatched(TransactionId id) {
        Promise promise = promises.get(id);
        return promise == null || promise.wrote != null;
    }

    /** Somebody wrote over it who had it before his eyes, or threw it away. */
    void replaced(String value) {
        replaced.add(value);
    }

    /** How many there are: a point in time to come back to. */
    int mark() {
        return promises.size();
    }

    /** The user put a copy of the database in place that was made at a mark: what it wrote since may be gone. */
    void excuseSince(SimulatedDevice device, int mark) {
        promises.values().stream()
                .filter(p -> p.device.equals(device.name) && p.number >= mark)
                .forEach(p -> p.excused = true);
    }

    /** Takes note of what the server has decided; it forgets the ids itself after a time. */
    void noteDecided(SimulatedServer server) {
        server.look(connection -> Sql.rows(
                        connection,
                        "select lower(hex(transaction_id)) from godwit_receipt where decided_at >= ?",
                        dev.godwit.model.Value.of(noted)))
                .forEach(row -> decided.add(dashed(row[0].asText())));
        noted = server.wallMillis();
    }

    Set<String> decided() {
        return Set.copyOf(decided);
    }

    /** The server's database is one from the past, which had decided these. */
    void decidedOnly(Set<String> then) {
        decided.retainAll(then);
        noted = 0;
    }

    /** The values that lost, as the server's inbox has them. */
    Set<String> losers(SimulatedServer server) {
        Set<String> losers = new HashSet<>();
        server.look(connection -> Sql.rows(
                        connection,
                        "select mine from " + ConflictTable.NAME + " where tbl = 'memo' and mine is not null"))
                .forEach(row -> losers.add(row[0].asText()));
        return losers;
    }

    /** The server's database is one from the past, in which these had not lost yet. */
    void losersForgotten(Set<String> values) {
        losersForgotten.addAll(values);
        readAgain.clear();
    }

    /** A device has everything that the server has. */
    void synced(SimulatedDevice device) {
        readAgain.putIfAbsent(device.name, promises.size());
    }

    /** Looks for every one of them, when all is quiet. */
    void judge(List<SimulatedDevice> devices, SimulatedServer server) {
        Map<TransactionId, OutboxEntry> parked = new HashMap<>();
        for (SimulatedDevice device : devices) {
            for (OutboxEntry entry : device.db().outbox()) {
                if (!entry.status().equals("parked")) {
                    throw new Violation("P5", device.name + " still has " + entry + " when all is quiet");
                }
                if (entry.reason().isBlank()) {
                    throw new Violation("P6", device.name + " has parked " + entry + " without a reason");
                }
                parked.put(entry.id(), entry);
                reach.count("parked");
            }
        }
        noteDecided(server);
        for (Map.Entry<TransactionId, Promise> one : promises.entrySet()) {
            Promise promise = one.getValue();
            if (!promise.excused && !parked.containsKey(one.getKey())) {
                if (!decided.contains(one.getKey().toString())) {
                    throw new Violation(
                            "P1",
                            "transaction " + one.getKey() + " of " + promise.device + " (" + promise.wrote
                                    + ") was committed there, and now neither the server nor any outbox has it");
                }
                reach.count("accepted");
                if (promise.wrote != null && !isFollowed(promise, parked.keySet())) {
                    find(promise.device, promise.wrote, server);
                }
            }
        }
    }

    /**
     * Whether its device wrote the cell again before it knew that the server had lost what was between the two: another's value,
     * which had won over the first and which the second replaced. Sent again, the two meet as writes of one device in its order,
     * of which the later has seen the earlier (H1).
     */
    private boolean isFollowed(Promise promise, Set<TransactionId> parked) {
        return promise.wrote instanceof Value value
                && losersForgotten.contains(value.value())
                && promises.entrySet().stream()
                        .filter(later -> !parked.contains(later.getKey())
                                && decided.contains(later.getKey().toString()))
                        .map(Map.Entry::getValue)
                        .anyMatch(later -> !later.excused
                                && later.device.equals(promise.device)
                                && later.number > promise.number
                                && later.number < readAgain.getOrDefault(later.device, Integer.MAX_VALUE)
                                && later.wrote instanceof Value second
                                && second.id().equals(value.id())
                                && second.column().equals(value.column()));
    }

    private static String dashed(String hex) {
        return hex.length() == 32
                ? hex.substring(0, 8)
                        + '-'
                        + hex.substring(8, 12)
                        + '-'
                        + hex.substring(12, 16)
                        + '-'
                        + hex.substring(16, 20)
                        + '-'
                        + hex.substring(20)
                : hex;
    }

    private void find(String device, Wrote wrote, SimulatedServer server) {
        if (wrote instanceof Batch batch) {
            for (String name : new HashSet<>(List.of(batch.from(), batch.to()))) {
                long legs = server.look(connection -> Sql.number(
                        connection, "select count(*) from entry where batch = ?", dev.godwit.model.Value.of(name)));
                if (legs != Long.parseLong(name.substring(name.indexOf('/') + 1))) {
                    throw new Violation(
                            legs == 0 ? "P1" : "P4",
                            device + "'s batch " + name + " is accepted, and the server has " + legs
                                    + " of its entries");
                }
            }
        } else if (wrote instanceof Word word) {
            String story = text(server, "select coalesce(story, '') from memo where id = ?", word.id());
            int at = story.indexOf(word.word());
            if (at < 0 || story.indexOf(word.word(), at + 1) >= 0) {
                throw new Violation(
                        at < 0 ? "P9" : "P2",
                        device + "'s " + word + " is accepted, and is not once in the text: " + story);
            }
        } else if (wrote instanceof Value value && !replaced.contains(value.value())) {
            List<String> found = new ArrayList<>();
            server.look(connection -> Sql.rows(
                            connection,
                            "select " + value.column() + " from memo where id = ? union all select mine from "
                                    + ConflictTable.NAME + " where tbl = 'memo'",
                            dev.godwit.model.Value.of(value.id())))
                    .forEach(row -> found.add(row[0].toString()));
            checkNewest(value, server);
            if (keepsAllConflicts && found.stream().noneMatch(text -> text.contains(value.value()))) {
                throw new Violation(
                        "P9",
                        device + "'s " + value
                                + " is accepted, and it is not in its cell, nobody replaced it who had seen it,"
                                + " and the inbox does not have it");
            }
        }
    }

    /** Of writes that had not seen each other the newest stays, by the true time of writing (H1, stamps). */
    private void checkNewest(Value value, SimulatedServer server) {
        if (!agesAreKnown || !value.column().equals("body")) {
            return;
        }
        String shown = text(server, "select coalesce(body, '') from memo where id = ?", value.id());
        for (Promise other : promises.values()) {
            if (other.wrote instanceof Value winner
                    && winner.value().equals(shown)
                    && winner.millis() + longestWay < value.millis()) {
                throw new Violation(
                        "P9",
                        value + " lost to " + winner + ", which was written earlier by somebody who had not seen it");
            }
        }
    }

    private static String text(SimulatedServer server, String sql, String id) {
        return server.look(connection -> Sql.rows(connection, sql, dev.godwit.model.Value.of(id))
                .get(0)[0]
                .asText());
    }
}
