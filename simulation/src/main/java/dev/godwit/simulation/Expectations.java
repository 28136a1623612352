package dev.godwit.simulation;

import dev.godwit.client.Commit;
import dev.godwit.client.OutboxEntry;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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

    /** The sequence number of the last of each device's, by the number that the server has given it. */
    private final Map<Long, Long> noted = new HashMap<>();

    private boolean agesAreKnown = true;
    private boolean ownersAreKnown = true;
    /** How long a request was on its way at most: by so much a write may seem younger than it is. */
    private long longestWay;

    private final boolean keepsAllConflicts;
    /** Whether nothing happens in which the server may refuse what the model follows. */
    private final boolean refusesNothing;

    /** How often somebody set about writing into a box: if fewer came back, he died over it, and nobody knows. */
    private final Map<String, Integer> attempts = new HashMap<>();

    /** What operators wrote on the server; each had before his eyes what it took the place of. */
    private final List<Wrote.Value> byOperators = new ArrayList<>();

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

    Expectations(Reach reach, boolean keepsAllConflicts, boolean refusesNothing) {
        this.reach = reach;
        this.keepsAllConflicts = keepsAllConflicts;
        this.refusesNothing = refusesNothing;
    }

    /** A request was on its way for so long. */
    void onTheWay(long millis) {
        longestWay = Math.max(longestWay, millis);
    }

    /** From now on nobody knows how old some writes are, or what was there when they were made. */
    void forgetAges() {
        agesAreKnown = false;
    }

    /** From now on a note may be in a row that took the place of the one that it was written on. */
    void forgetOwners() {
        ownersAreKnown = false;
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
        Wrote wrote = promise == null ? null : promise.wrote;
        // by now another's row may be under the key
        acknowledged(device, commit, wrote instanceof Wrote.Claim || wrote instanceof Wrote.Note ? null : wrote);
    }

    /** Whether the model looks into what it wrote, and would miss it if it were undone. */
    boolean isWatched(TransactionId id) {
        Promise promise = promises.get(id);
        return promise == null || (promise.wrote != null && !(promise.wrote instanceof Wrote.Extreme));
    }

    /** Somebody wrote over it who had it before his eyes, or threw it away. */
    void replaced(String value) {
        replaced.add(value);
    }

    /** Somebody is about to write into a box. */
    void attempted(String box) {
        attempts.merge(box, 1, Integer::sum);
    }

    void operated(Wrote.Value value) {
        replaced(value.before());
        byOperators.add(value);
    }

    /** How many writes of operators there are: a point in time to come back to. */
    int operated() {
        return byOperators.size();
    }

    /** The server's database is one from the past, in which there were so many. */
    void operatedOnly(int then) {
        byOperators.subList(then, byOperators.size()).clear();
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
        server.look(connection -> Sql.rows(connection, "select number from godwit_device"))
                .forEach(device -> noteDecided(server, device[0]));
    }

    private void noteDecided(SimulatedServer server, Value device) {
        server.look(connection -> Sql.rows(
                        connection,
                        "select lower(hex(transaction_id)), sequence from godwit_receipt"
                                + " where device = ? and sequence > ? order by sequence",
                        device,
                        Value.of(noted.getOrDefault(device.asLong(), 0L))))
                .forEach(row -> {
                    decided.add(dashed(row[0].asText()));
                    noted.put(device.asLong(), row[1].asLong());
                });
    }

    Set<String> decided() {
        return Set.copyOf(decided);
    }

    /** The server's database is one from the past, which had decided these. */
    void decidedOnly(Set<String> then) {
        decided.retainAll(then);
        noted.clear();
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
                Promise promise = promises.get(entry.id());
                if (refusesNothing && promise != null && promise.wrote != null && !promise.wrote.mayBeRefused()) {
                    throw new Violation(
                            "P6",
                            device.name + "'s " + promise.wrote + " was refused with nothing against it: " + entry);
                }
                parked.put(entry.id(), entry);
                reach.count("parked");
            }
        }
        noteDecided(server);
        checkOwners(server);
        Search search = new Search(server, replaced, keepsAllConflicts);
        byOperators.forEach(value -> find("the operator", value, search, server));
        judgeBoxes(parked.keySet(), new BoxCheck(server));
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
                    find(promise.device, promise.wrote, search, server);
                }
            }
        }
    }

    /** Those of which all is known: each write came back, was accepted, and was not thrown away or written again. */
    private void judgeBoxes(Set<TransactionId> parked, BoxCheck check) {
        Map<String, List<BoxCheck.Event>> events = new TreeMap<>();
        promises.entrySet().stream()
                .filter(one -> one.getValue().wrote instanceof Wrote.Boxed
                        && !one.getValue().excused
                        && !parked.contains(one.getKey()))
                .map(Map.Entry::getValue)
                .sorted(Comparator.comparingInt(promise -> promise.number))
                .forEach(promise -> {
                    Wrote.Boxed wrote = (Wrote.Boxed) Objects.requireNonNull(promise.wrote);
                    events.computeIfAbsent(wrote.box(), box -> new ArrayList<>())
                            .add(new BoxCheck.Event(promise.device, wrote));
                });
        events.forEach((box, list) -> {
            if (attempts.getOrDefault(box, 0) == list.size()) {
                check.check(list);
                reach.count("boxes looked into");
            }
        });
    }

    /** A note stays with the row that it was written on, whatever key that has by now and whoever has taken its old one. */
    private void checkOwners(SimulatedServer server) {
        for (String table : ownersAreKnown ? Claims.TABLES : List.<String>of()) {
            server.look(connection -> Sql.rows(
                            connection,
                            "select id, who, note from " + table
                                    + " where note not like who || ':%' and note not like '" + Claims.SEEN + "%'"))
                    .forEach(row -> {
                        throw new Violation("P9", "a note is in another's row of " + table + ": " + List.of(row));
                    });
        }
    }

    /**
     * Whether its device wrote the cell again before it knew that the server had lost what was between the two: another's value,
     * which had won over the first and which the second replaced. Sent again, the two meet as writes of one device in its order,
     * of which the later has seen the earlier (H1).
     */
    private boolean isFollowed(Promise promise, Set<TransactionId> parked) {
        return promise.wrote instanceof Wrote.Value value
                && losersForgotten.contains(value.value())
                && promises.entrySet().stream()
                        .filter(later -> !parked.contains(later.getKey())
                                && decided.contains(later.getKey().toString()))
                        .map(Map.Entry::getValue)
                        .anyMatch(later -> !later.excused
                                && later.device.equals(promise.device)
                                && later.number > promise.number
                                && later.number < readAgain.getOrDefault(later.device, Integer.MAX_VALUE)
                                && later.wrote instanceof Wrote.Value second
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

    private void find(String device, Wrote wrote, Search search, SimulatedServer server) {
        if (wrote instanceof Wrote.Value value && !replaced.contains(value.value())) {
            checkNewest(value, server);
        }
        search.find(device, wrote);
    }

    /** Of writes that had not seen each other the newest stays, by the true time of writing (H1, stamps). */
    private void checkNewest(Wrote.Value value, SimulatedServer server) {
        if (!agesAreKnown || !value.column().equals("body")) {
            return;
        }
        String shown = server.text("select coalesce(body, '') from memo where id = ?", value.id());
        for (Promise other : promises.values()) {
            if (other.wrote instanceof Wrote.Value winner
                    && winner.value().equals(shown)
                    && winner.millis() + longestWay < value.millis()) {
                throw new Violation(
                        "P9",
                        value + " lost to " + winner + ", which was written earlier by somebody who had not seen it");
            }
        }
    }
}
