package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Commit;
import dev.godwit.client.Row;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.testing.FaultyTransport.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The laws of merging, on real devices and a real server: random work on columns of every kind, over a network that fails, with
 * clocks that lie and a server that forgets. {@code -Dseed=…} replays one history. The rules' own laws are in module
 * {@code merge}, over far more writes.
 */
class MergeLawsTest {
    private static final long HOUR = 3_600_000;
    private static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null,
              plain text, arrival text server_order, stock integer counter not null default 0,
              best integer max, least integer min, tags text add_wins_set, notes text merged_text,
              extra text merged_json, closed integer first_write, poem text three_way, address text manual,
              status text not null default 'open');
            create table visit (id integer primary key, team text scope not null, what text);
            create table line (id integer primary key, team text scope not null,
              visit integer not null references visit(id) on delete cascade, note text);
            create table kept (id text primary key, team text scope not null, a text);
            insert into godwit_policy values
              ('item', 'status', 'precedence', 'open,assigned,done'),
              ('kept', null, 'delete', 'update_wins'), ('line', null, 'parent', 'cascade');
            """;
    /** Columns whose result does not depend on the order of arrival. */
    private static final String PROMISED = "id, plain, stock, best, least, tags, notes, extra, status";

    private static final List<String> TABLES = List.of("item", "visit", "line", "kept", "godwit_conflict");

    @TempDir
    Path folder;

    private int accepted;
    private int conflicts;
    private int undecided;
    private int rekeyed;
    private int snapshots;
    private int faults;
    private int concurrentTexts;
    private boolean lyingClock;

    private static int seeds(int usual) {
        return System.getProperty("seed", "").isEmpty() ? Integer.getInteger("seeds", usual) : 1;
    }

    private static long firstSeed() {
        return Long.parseLong("0" + System.getProperty("seed", "")) == 0
                ? 1
                : Long.parseLong(System.getProperty("seed", ""));
    }

    @Test
    void everyDeviceEndsWithTheServersRowsAndNothingIsLostWithoutATrace() {
        for (long seed = firstSeed(); seed < firstSeed() + seeds(8); seed++) {
            try {
                new History(seed, folder.resolve("h" + seed)).run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("-Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
        System.out.printf(
                "MergeLawsTest: %d accepted, %d lost values, %d undecided, %d rows with another key, %d snapshots, %d faults%n",
                accepted, conflicts, undecided, rekeyed, snapshots, faults);
        if (System.getProperty("seed", "").isEmpty()) {
            assertThat(List.of(accepted, conflicts, undecided, rekeyed, snapshots, faults))
                    .as("reached")
                    .allMatch(n -> n > 5);
        }
    }

    @Test
    void theOrderOfArrivalDoesNotMatterForTheTypesThatPromiseIt() {
        for (long seed = firstSeed(); seed < firstSeed() + seeds(3); seed++) {
            Set<String> results = new TreeSet<>();
            int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
            for (int[] order : orders) {
                results.add(concurrently(seed, order));
            }
            assertThat(results).as("-Dseed=" + seed).hasSize(1);
        }
        if (System.getProperty("seed", "").isEmpty()) {
            assertThat(concurrentTexts).as("reached").isGreaterThan(25);
        }
    }

    @Test
    void aClockThatLiesByTenYearsAndJumpsChangesNobodysResult() {
        int[] order = {2, 0, 1};
        for (long seed = firstSeed(); seed < firstSeed() + seeds(6); seed++) {
            String honest = concurrently(seed, order);
            lyingClock = true;
            assertThat(concurrently(seed, order)).as("-Dseed=" + seed).isEqualTo(honest);
            lyingClock = false;
        }
    }

    /** Three devices work offline on what all had seen, and then come in this order. */
    private String concurrently(long seed, int[] order) {
        Path place = folder.resolve("o" + seed + order[0] + order[1] + order[2] + lyingClock);
        try (Fleet fleet = new Fleet(place, SCHEMA)) {
            List<Fleet.Member> devices =
                    List.of(fleet.device("a", "red"), fleet.device("b", "red"), fleet.device("c", "red"));
            devices.get(0)
                    .run(
                            "insert into item (id, team, plain, tags, notes, extra, best, least) values"
                                    + " ('i0', 'red', 'p', '[1,2,3]', 'The quick brown fox', '{\"a\":1,\"b\":{\"c\":2}}', 5, 5)");
            devices.forEach(Fleet.Member::synced);
            Random random = new Random(seed);
            for (int i = 0; i < 9; i++) {
                Fleet.Member device = devices.get(random.nextInt(3));
                fleet.pass(1 + random.nextInt(1_000));
                if (lyingClock && device == devices.get(1)) {
                    long years = (i % 2 == 0 ? 10 : -10) * 365L * 24 * HOUR;
                    device.device.setWall(fleet.server.wallMillis() + years);
                }
                String assignment = new Writes(random, "w" + i).promised(device);
                concurrentTexts += assignment.startsWith("notes") ? 1 : 0;
                device.run("update item set " + assignment + " where id = 'i0'");
            }
            fleet.pass(1_000);
            for (int i : order) {
                devices.get(i).synced();
            }
            return fleet.onServer("select " + PROMISED + " from item order by id")
                    .toString();
        }
    }

    /** Random assignments. */
    private record Writes(Random random, String name) {
        String promised(Fleet.Member device) {
            return switch (random.nextInt(9)) {
                case 0 -> "plain = '" + name + "'";
                case 1 -> "stock = stock + " + (random.nextInt(20) - 10);
                case 2 -> "best = " + random.nextInt(20) + ", least = " + random.nextInt(20);
                case 3, 4 -> "tags = '" + set() + "'";
                case 5, 6 -> "notes = '" + text(device) + "'";
                case 7 ->
                    "extra = '{\"a\":" + random.nextInt(9) + ",\"" + "bcd".charAt(random.nextInt(3)) + "\":{\"x\":\""
                            + name + "\"}}'";
                default -> "status = '" + List.of("open", "assigned", "done").get(random.nextInt(3)) + "'";
            };
        }

        private String set() {
            Set<Integer> set = new TreeSet<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                set.add(random.nextInt(8));
            }
            return set.toString();
        }

        private String text(Fleet.Member device) {
            String text = device.one("select coalesce(notes, '') from item where id = 'i0'");
            int at = random.nextInt(text.length() + 1);
            int gone = random.nextInt(4) == 0 ? Math.min(3, text.length() - at) : 0;
            return text.substring(0, at) + (random.nextBoolean() ? "<" + name + ">" : "") + text.substring(at + gone);
        }
    }

    private final class History {
        private final Random random;
        private final Fleet fleet;
        private final List<Fleet.Member> devices = new ArrayList<>();
        private final List<Written> written = new ArrayList<>();
        private int names;

        /** A value of a last-writer column, what it replaced on its device, and the transaction. */
        private record Written(Commit commit, String value, String base) {}

        History(long seed, Path place) {
            this.random = new Random(seed);
            this.fleet = new Fleet(
                    place, SCHEMA, Limits.DEFAULT.with("conflictsKept", 100_000).with("acceptedKeptMillis", HOUR));
            fleet.server.restart(options -> options.withRetention(4 * HOUR));
            for (String name : List.of("a", "b", "c")) {
                devices.add(fleet.device(name, "red"));
            }
        }

        void run() {
            try (fleet) {
                devices.get(0)
                        .run("insert into item (id, team, plain) values ('i0', 'red', 'p0'), ('i1', 'red', 'p1')");
                devices.get(0).run("insert into kept values ('k0', 'red', 'a'), ('k1', 'red', 'a')");
                devices.forEach(Fleet.Member::synced);
                for (int step = 0; step < 70; step++) {
                    step();
                }
                settle();
                compare();
                checkSurvival();
            }
        }

        private void step() {
            Fleet.Member device = devices.get(random.nextInt(3));
            fleet.pass(random.nextInt(5_000));
            switch (random.nextInt(20)) {
                case 0 -> {
                    fleet.pass(random.nextInt(8) * HOUR);
                    fleet.server.engine().forget();
                }
                case 1 -> device.device.setWall(Math.floorMod(random.nextLong(), 4_000_000_000_000L));
                case 2 ->
                    fleet.operator("update item set notes = notes || ' op', tags = '[7]', plain = 'op" + names++
                            + "' where id = 'i1'");
                case 3, 4, 5, 6 -> sync(device);
                default -> write(device);
            }
        }

        private void write(Fleet.Member device) {
            String name = device.name + names++;
            try {
                switch (random.nextInt(11)) {
                    case 0, 1, 2 -> plain(device, "i0", name);
                    case 3 ->
                        device.db.write(tx -> {
                            int id = random.nextInt(4);
                            tx.run("insert or ignore into visit values (?, 'red', ?)", id, name);
                            tx.run("insert or ignore into line values (?, 'red', ?, ?)", random.nextInt(6), id, name);
                        });
                    case 4 -> device.run("delete from visit where id = " + random.nextInt(4));
                    case 5 -> device.run("update kept set a = '" + name + "' where id = 'k" + random.nextInt(2) + "'");
                    case 6 -> device.run("delete from kept where id = 'k" + random.nextInt(2) + "'");
                    case 7, 10 ->
                        device.run("update item set "
                                + List.of("arrival", "poem", "address", "address", "poem")
                                        .get(random.nextInt(5)) + " = '" + name
                                + "', closed = " + names + " where id = 'i" + random.nextInt(2) + "'");
                    case 8 -> {
                        if (!device.db
                                .query("select 1 from item where id = 'i0'")
                                .isEmpty()) {
                            device.db.write(tx -> tx.resetCounter("item", "stock", random.nextInt(50), "i0"));
                        }
                    }
                    default -> {
                        String assignment = new Writes(random, name).promised(device);
                        String id = assignment.startsWith("plain") ? "i1" : "i" + random.nextInt(2);
                        device.run("update item set " + assignment + " where id = '" + id + "'");
                    }
                }
            } catch (dev.godwit.sql.SqliteException refusedHere) {
                assertThat(refusedHere.code().isConstraint())
                        .as(refusedHere.toString())
                        .isTrue();
            }
        }

        private void plain(Fleet.Member device, String id, String name) {
            List<Row> rows = device.db.query("select plain from item where id = ?", id);
            if (!rows.isEmpty()) {
                String base = rows.get(0).value(0).asText();
                Commit commit = device.db.write(tx -> tx.run("update item set plain = ? where id = ?", name, id));
                written.add(new Written(commit, name, base));
            }
        }

        private void sync(Fleet.Member device) {
            Fault fault = switch (random.nextInt(8)) {
                case 0 -> new Fault.RequestLost();
                case 1 -> new Fault.AnswerLost();
                case 2 -> new Fault.AnswerCut(random.nextInt(1000));
                default -> null;
            };
            faults += fault == null ? 0 : 1;
            device.transport.fail(fault);
            if (random.nextInt(4) == 0) {
                device.transport.beforeNextAnswer(() -> write(device));
            }
            long before = Long.parseLong(device.one("select commit_number from godwit_scope where scope = 'red'"));
            boolean behind = !fleet.onServer("select 1 from godwit_horizon h join godwit_scope s on s.id = h.scope_id"
                            + " where s.name = 'red' and h.commit_number > " + before)
                    .isEmpty();
            snapshots += behind && before > 0 ? 1 : 0;
            conflicts += device.sync().conflicts();
        }

        private void settle() {
            for (int round = 0; round < 3; round++) {
                for (Fleet.Member device : devices) {
                    device.transport.fail(null);
                    device.transport.beforeNextAnswer(() -> {});
                    SyncResult result = device.sync();
                    assertThat(result.isSynced()).as(device.name + " " + result).isTrue();
                    conflicts += result.conflicts();
                }
            }
            for (Fleet.Member device : devices) {
                assertThat(device.sync().received())
                        .as("nothing has changed since")
                        .isZero();
            }
        }

        private void compare() {
            Fleet.Member fresh = fleet.device("fresh", "red");
            fresh.synced();
            devices.add(fresh);
            for (String table : TABLES) {
                String sql = "select * from " + table + " order by 1";
                List<String> stored = fleet.onServer(sql);
                for (Fleet.Member device : devices) {
                    assertThat(device.all(sql)).as(device.name + ": " + table).isEqualTo(stored);
                }
            }
            assertThat(fleet.onServer("pragma foreign_key_check")).isEmpty();
            undecided += fresh.db.inbox().undecided().size();
            // devices take visits up to 3 and lines up to 5
            rekeyed += fleet.onServer("select id from visit where id > 3").size()
                    + fleet.onServer("select id from line where id > 5").size();
        }

        /** P9: every accepted value is there, or somebody overwrote it who had seen it, or it is in the inbox. */
        private void checkSurvival() {
            Set<String> visible = new HashSet<>(fleet.onServer("select plain from item"));
            Set<String> overwritten = new HashSet<>();
            written.forEach(w -> overwritten.add(w.base()));
            Set<String> inbox = new HashSet<>(fleet.onServer("select mine from godwit_conflict where col = 'plain'"));
            for (Written one : written) {
                if (one.commit().confirmed().isDone()
                        && !one.commit().confirmed().isCancelled()
                        && one.commit().confirmed().join() instanceof Outcome.Applied) {
                    accepted++;
                    String shown = "['" + one.value() + "']";
                    assertThat(visible.contains(shown) || overwritten.contains(one.value()) || inbox.contains(shown))
                            .as("what became of " + one.value())
                            .isTrue();
                }
            }
        }
    }
}
