package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Commit;
import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Outcome;
import dev.godwit.model.TransactionId;
import dev.godwit.sql.SqliteException;
import dev.godwit.testing.FaultyTransport.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices do random things, offline and online, over a network that fails; when it stops failing, every device shows exactly
 * the server's rows of its scopes, and the counters that nobody deletes are the sum of all that was added to them: nothing is
 * lost, nothing counts twice. {@code -Dseed=…} replays one history.
 */
class ConvergenceTest {
    private static final String SCHEMA = """
            create table job (
              id text primary key, team text scope not null, title text, code text unique,
              status text not null default 'open' check (status in ('open', 'done', 'lost')),
              stock integer counter not null default 0, price real);
            create table line (
              job text not null references job(id) on delete cascade, n integer not null, team text scope not null,
              note text, primary key (job, n));
            create table genre (id integer primary key, name text not null, parent integer references genre(id) on delete set null);
            insert into godwit_policy values ('genre', null, 'scope', 'shared');
            """;
    /** Only their stock is written, and nobody deletes them or throws a count of them away, so it is known what they come to. */
    private static final String COUNTERS = "select id from job where id like 'counter%' order by id";

    private static final String[] TEAMS = {"red", "blue"};

    @TempDir
    Path folder;

    private int conflicts;
    private int rejected;
    private int accepted;
    private int counted;
    private int faults;
    private int deletes;
    private int operatorWrites;
    private int restarts;
    private int blocked;

    @Test
    void allDevicesEndWithTheServersRows() {
        String chosen = System.getProperty("seed", "");
        int seeds = chosen.isEmpty() ? Integer.getInteger("seeds", 10) : 1;
        long first = chosen.isEmpty() ? 1 : Long.parseLong(chosen);
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                new History(seed).run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("-Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
        System.out.printf(
                "ConvergenceTest: %d accepted, %d counted, %d rejected, %d conflicts, %d faults, %d deletes, %d operator writes, %d restarts, %d blocked%n",
                accepted, counted, rejected, conflicts, faults, deletes, operatorWrites, restarts, blocked);
        if (chosen.isEmpty()) {
            assertThat(List.of(
                            accepted, counted, rejected, conflicts, faults, deletes, operatorWrites, restarts, blocked))
                    .as("reached")
                    .allMatch(n -> n > 5);
        }
    }

    private final class History {
        private final long seed;
        private final Random random;
        private final Fleet fleet;
        private final List<Fleet.Member> devices = new ArrayList<>();
        private final Map<Commit, Long> deltas = new HashMap<>();
        private final Map<String, Long> sums = new TreeMap<>(Map.of("counter0", 0L, "counter1", 0L, "counter2", 0L));
        private final Set<TransactionId> counts = new HashSet<>();
        private int names;

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.fleet = new Fleet(folder.resolve("seed" + seed), SCHEMA);
            devices.add(fleet.device("a", "red", "blue"));
            devices.add(fleet.device("b", "red"));
            devices.add(fleet.device("c", "red", "blue"));
            Fleet.Member first = devices.get(0);
            sums.keySet().forEach(id -> first.run("insert into job (id, team) values (?, 'red')", id));
            devices.forEach(Fleet.Member::synced);
        }

        void run() {
            try (fleet) {
                for (int step = 0; step < 80; step++) {
                    step();
                }
                settle();
                compare();
            }
        }

        private void step() {
            fleet.pass(random.nextInt(1000));
            Fleet.Member device = devices.get(random.nextInt(devices.size()));
            int dice = random.nextInt(100);
            if (dice < 60) {
                write(device);
            } else if (dice < 90) {
                sync(device);
            } else if (dice < 94) {
                operator();
            } else if (dice < 96) {
                device.device.setWall(Math.floorMod(random.nextLong(), 4_000_000_000_000L));
            } else if (dice < 98) {
                restarts++;
                fleet.server.close();
                fleet.server.start();
            } else {
                device.device.reboot();
                device.reopen(null);
            }
        }

        private void write(Fleet.Member device) {
            try {
                int kind = random.nextInt(12);
                if (kind < 2) {
                    count(device, kind == 0 ? "select id from job order by id" : COUNTERS);
                    return;
                }
                device.db.write(tx -> {
                    int statements = 1 + random.nextInt(3);
                    for (int i = 0; i < statements; i++) {
                        tx.run(statement(device));
                    }
                });
            } catch (SqliteException refusedHere) {
                assertThat(refusedHere.code().isConstraint())
                        .as(refusedHere.toString())
                        .isTrue();
            }
        }

        private void count(Fleet.Member device, String among) {
            List<dev.godwit.client.Row> rows = device.db.query(among);
            String row = rows.isEmpty()
                    ? "none"
                    : rows.get(random.nextInt(rows.size())).value(0).asText();
            long delta = random.nextInt(20) - 10L;
            if (row.equals("none") || delta == 0) {
                return;
            }
            Commit commit = device.db.write(tx -> tx.run("update job set stock = stock + ? where id = ?", delta, row));
            deltas.put(commit, delta);
            if (sums.containsKey(row)) {
                sums.merge(row, delta, Long::sum);
                counts.add(commit.id().orElseThrow());
            }
        }

        private String statement(Fleet.Member device) {
            String team = TEAMS[device.name.equals("b") ? 0 : random.nextInt(2)];
            String job = "job" + random.nextInt(12);
            String code = random.nextInt(3) == 0 ? "'c" + random.nextInt(5) + "'" : "null";
            return switch (random.nextInt(14)) {
                case 0, 1, 2 ->
                    "insert or ignore into job (id, team, title, code) values ('" + job + "', '" + team + "', 't"
                            + names++ + device.name + "', " + code + ")";
                case 3, 4 -> "update job set title = 'n" + names++ + device.name + "' where id = '" + job + "'";
                case 5 ->
                    "update job set status = 'done', price = " + random.nextDouble() + " where id = '" + job + "'";
                case 6 -> "update job set code = " + code + " where id = '" + job + "'";
                case 7 -> "delete from job where id = '" + job + "'" + deleted();
                case 8 ->
                    "insert or replace into line select id, " + random.nextInt(3) + ", team, 'l" + names++
                            + "' from job where id = '" + job + "'";
                case 9 -> "update line set note = 'm" + names++ + "' where job = '" + job + "'";
                case 10 ->
                    "insert or ignore into genre values (" + random.nextInt(6) + ", 'g" + names++
                            + "', (select max(id) from genre))";
                case 11 -> "update genre set name = 'h" + names++ + "' where id = " + random.nextInt(6);
                case 12 -> "delete from genre where id = " + random.nextInt(6) + deleted();
                default -> "update or replace job set code = 'c" + random.nextInt(5) + "' where id = '" + job + "'";
            };
        }

        private String deleted() {
            deletes++;
            return "";
        }

        private void sync(Fleet.Member device) {
            Fault fault = switch (random.nextInt(10)) {
                case 0 -> new Fault.RequestLost();
                case 1 -> new Fault.AnswerLost();
                case 2 -> new Fault.AnswerCut(random.nextInt(1000));
                case 3 -> new Fault.Duplicated();
                case 4 -> new Fault.AnswerDamaged(random.nextInt(1000));
                default -> null;
            };
            faults += fault == null ? 0 : 1;
            device.transport.fail(fault);
            if (random.nextInt(4) == 0) {
                // the user goes on while the answer is on its way, and the next request does not get through
                device.transport.beforeNextAnswer(() -> {
                    write(device);
                    write(device);
                    device.transport.fail(new Fault.RequestLost());
                });
            }
            SyncResult result = device.sync();
            conflicts += result.conflicts();
            blocked += (int) device.db.status().blocked();
            if (random.nextInt(4) == 0) {
                device.transport.repeatLastRequest();
            }
            if (random.nextInt(3) == 0) {
                decideAboutParked(device);
            }
        }

        private void decideAboutParked(Fleet.Member device) {
            for (OutboxEntry entry : device.db.outbox()) {
                assertThat(entry.status().equals("parked") && counts.contains(entry.id()))
                        .as("a count of a row that nobody deletes: " + entry)
                        .isFalse();
                if (entry.status().equals("parked") && random.nextBoolean()) {
                    device.db.discard(entry.id());
                } else if (entry.status().equals("parked")) {
                    try {
                        device.db.retry(entry.id());
                    } catch (SqliteException stillDoesNotFit) {
                        assertThat(stillDoesNotFit.code().isConstraint()).isTrue();
                    } catch (dev.godwit.client.GodwitException goneWithAnother) {
                        assertThat(goneWithAnother.kind()).isEqualTo(dev.godwit.client.GodwitException.Kind.REQUEST);
                    }
                    return;
                } else if (entry.status().equals("pending") && !counts.contains(entry.id()) && random.nextInt(5) == 0) {
                    device.db.discard(entry.id());
                    return;
                }
            }
        }

        private void operator() {
            operatorWrites++;
            String job = "job" + random.nextInt(12);
            fleet.operator(
                    switch (random.nextInt(3)) {
                        case 0 -> "update job set title = 'op" + names++ + "' where id = '" + job + "'";
                        case 1 -> "pragma foreign_keys = on; delete from job where id = '" + job + "'";
                        default -> "insert or ignore into job (id, team, title) values ('" + job + "', 'red', 'op')";
                    });
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
        }

        private void compare() {
            for (Fleet.Member device : devices) {
                rejected += (int) device.db.status().parked();
                String teams = device.name.equals("b") ? "('red')" : "('red', 'blue')";
                for (String sql : List.of(
                        "select * from job where team in " + teams + " order by id",
                        "select * from line where team in " + teams + " order by job, n",
                        "select * from genre order by id")) {
                    assertThat(device.all(sql))
                            .as("seed " + seed + " " + device.name + ": " + sql)
                            .isEqualTo(fleet.onServer(sql));
                }
                assertThat(device.all("pragma foreign_key_check"))
                        .as(device.name)
                        .isEmpty();
                assertThat(device.all("pragma integrity_check")).as(device.name).isEqualTo(List.of("['ok']"));
                assertThat(device.one("select count(*) from godwit_stage")).isEqualTo("0");
            }
            assertThat(fleet.onServer("pragma foreign_key_check")).isEmpty();
            assertThat(fleet.onServer("select id, stock from job where id like 'counter%' order by id"))
                    .as("seed " + seed + ": each count once")
                    .isEqualTo(sums.entrySet().stream()
                            .map(sum -> "['" + sum.getKey() + "', " + sum.getValue() + "]")
                            .toList());
            counted += counts.size();
            accepted += (int) deltas.keySet().stream()
                    .filter(c -> c.confirmed().isDone()
                            && !c.confirmed().isCancelled()
                            && c.confirmed().join() instanceof Outcome.Applied)
                    .count();
        }
    }
}
