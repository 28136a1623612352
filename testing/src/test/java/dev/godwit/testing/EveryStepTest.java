package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.GodwitOptions;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.Grant;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device that dies at the first statement of something, then at the second, and so on until it gets through: what is there
 * afterwards is the state before or the state after, and nothing else; and it goes on from there.
 */
@Timeout(120)
class EveryStepTest {
    private static final String SCHEMA = """
            create table item (id text primary key, team text scope not null, title text, n integer counter not null default 0);
            """;
    private static final String GROWN =
            SCHEMA.replace("default 0);", "default 0, size integer not null default 5, colour text default 'grey');")
                    + "create table extra (id text primary key, team text scope not null, x text);"
                    + "create index item_title on item (title);";

    private static final String OLD = "[item ['1', 'red', 'sent', 1], item ['4', 'red', 'pending', 0]]";
    private static final String NEW =
            "[item ['1', 'red', 'by b', 11], item ['3', 'red', 'of b', 0], item ['4', 'red', 'pending', 0]]";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private FaultyTransport way;
    private Path before;

    @BeforeEach
    void aDeviceWithPendingWorkAndSomethingToFetch() throws IOException {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        way = a.transport;
        Fleet.Member b = fleet.device("b", "red");
        a.run("insert into item (id, team, title) values ('1', 'red', 'sent'), ('2', 'red', 'sent')");
        a.synced();
        b.synced();
        b.run("update item set title = 'by b', n = n + 10 where id = '1'");
        b.run("insert into item (id, team, title) values ('3', 'red', 'of b')");
        b.synced();
        a.run("update item set n = n + 1 where id = '1'");
        a.run("insert into item (id, team, title) values ('4', 'red', 'pending')");
        a.run("delete from item where id = '2'");
        a.db.close();
        before = Files.copy(a.file, folder.resolve("before.db"));
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private GodwitOptions options(DyingSqlite driver, Path file, String schema) {
        return GodwitOptions.of(file.toString(), driver)
                .withSchema(schema)
                .withScopes("red")
                .withDevice(new ManualDevice(7, fleet.server.wallMillis()))
                .withTransport(way);
    }

    private static List<String> check(Path file) {
        try (SqliteConnection sql = Fleet.DRIVER.open(SqliteOptions.of(file.toString()))) {
            assertThat(Sql.rows(sql, "pragma integrity_check").get(0)[0].asText())
                    .isEqualTo("ok");
            List<String> all = new ArrayList<>();
            for (Value[] row : Sql.rows(sql, "select sql from sqlite_master where sql is not null order by sql")) {
                all.add(row[0].asText());
            }
            all.addAll(OverHttp.everything(file));
            return all;
        }
    }

    /** Each statement with {@code -Dsteps=all}; else all of the first, and then about every tenth. */
    private static long next(long at) {
        return "all".equals(System.getProperty("steps")) ? at + 1 : at + 1 + at / 10;
    }

    /** Runs something on copies of the file, dying one statement later each time; the states it leaves, without repetition. */
    private List<List<String>> states(String schema, boolean exists, Consumer<Godwit> work) throws IOException {
        List<List<String>> states = new ArrayList<>();
        int tries = 0;
        for (long at = 1; ; at = next(at)) {
            Path file = folder.resolve("try" + at + ".db");
            if (exists) {
                Files.copy(before, file);
            }
            DyingSqlite driver = new DyingSqlite(file, at);
            try (Godwit db = Godwit.open(options(driver, file, schema))) {
                work.accept(db);
            } catch (DyingSqlite.Died end) {
                tries++;
            }
            driver.bury();
            List<String> state = check(file);
            if (states.isEmpty() || !states.get(states.size() - 1).equals(state)) {
                states.add(state);
            }
            if (!driver.isDead()) {
                System.out.println("EveryStepTest: died " + tries + " times, last at statement " + at + ", "
                        + states.size() + " states");
                assertThat(tries).isGreaterThan(15);
                return states;
            }
            goesOn(file, schema, exists);
        }
    }

    /** Whatever was reached, the next start gets through. */
    private static void goesOn(Path file, String schema, boolean exists) {
        try (Godwit db = Godwit.open(GodwitOptions.of(file.toString(), Fleet.DRIVER)
                .withSchema(schema)
                .withScopes("red"))) {
            List<String> rows = items(file);
            assertThat(rows).hasSizeBetween(exists ? 2 : 0, exists ? 3 : 0);
            db.write(tx -> tx.run("insert into item (id, team, title) values ('later', 'red', 'l')"));
            assertThat(items(file)).hasSize(rows.size() + 1).containsAll(rows);
            assertThat(db.status().parked()).isZero();
            assertThat(db.outbox()).hasSize(rows.size() + (exists ? 2 : 1));
        }
    }

    @Test
    void aNewDatabaseIsThereWholeOrNotAtAll() throws IOException {
        assertThat(states(SCHEMA, false, db -> {})).hasSize(2).first().isEqualTo(List.of());
    }

    @Test
    void aMigrationIsDoneOrNotBegunAndTheOutboxSurvivesIt() throws IOException {
        List<String> old = check(before);
        List<List<String>> states = states(GROWN, true, db -> {});
        assertThat(states).hasSize(2).first().isEqualTo(old);
        assertThat(states.get(1))
                .filteredOn(row -> row.startsWith("godwit_entry "))
                .hasSize(4);
        assertThat(states.get(1)).anyMatch(row -> row.contains("colour"));
    }

    @Test
    void theUpgradeOfAnOlderFormatIsDoneOrNotBegunAndTheOutboxSurvivesIt() throws IOException {
        try (SqliteConnection file = Fleet.DRIVER.open(SqliteOptions.of(before.toString()))) {
            FormatUpgradeTest.downgrade(file, "godwit_local", FormatUpgradeTest.OLD_DEVICE);
        }
        List<String> old = check(before);
        List<List<String>> states = states(SCHEMA, true, db -> {});
        assertThat(states).hasSize(2).first().isEqualTo(old);
        assertThat(states.get(1))
                .anyMatch(row -> row.startsWith("CREATE TABLE godwit_undo"))
                .filteredOn(row -> row.startsWith("godwit_entry "))
                .hasSize(4);
    }

    @Test
    void theUpgradeOfAServersOlderFormatIsDoneOrNotBegun() throws IOException {
        Path old = folder.resolve("old-server.db");
        try (InProcessServer server = InProcessServer.start(old, SCHEMA)) {
            way = new FaultyTransport(server, new Grant("user-a", Set.of("red", "shared"), false));
            Path first = folder.resolve("first.db");
            try (Godwit db = Godwit.open(options(new DyingSqlite(first, Long.MAX_VALUE), first, SCHEMA))) {
                db.write(tx -> tx.run("insert into item (id, team, title) values ('1', 'red', 'sent')"));
                assertThat(db.sync().isSynced()).isTrue();
            }
        }
        try (SqliteConnection file = Fleet.DRIVER.open(SqliteOptions.of(old.toString()))) {
            FormatUpgradeTest.downgradeServer(file);
        }
        List<List<String>> states = new ArrayList<>(List.of(check(old)));
        DyingSqlite driver;
        long at = 1;
        do {
            Path file = Files.copy(old, folder.resolve("server" + at + ".db"));
            driver = new DyingSqlite(file, at);
            try (SyncServer server = SyncServer.open(server(driver, file, 7))) {
                assertThat(server).isNotNull();
            } catch (DyingSqlite.Died end) {
                assertThat(driver.isDead()).isTrue();
            }
            driver.bury();
            List<String> state = check(file);
            if (!states.get(states.size() - 1).equals(state)) {
                states.add(state);
            }
            // the next start gets through
            SyncServer.open(server(Fleet.DRIVER, file, 8)).close();
            assertThat(items(file)).containsExactly("item ['1', 'red', 'sent', 0]");
            at = next(at);
        } while (driver.isDead());
        System.out.println("EveryStepTest: a server's upgrade died up to statement " + at);
        assertThat(states).hasSize(2);
        assertThat(states.get(1)).anyMatch(row -> row.startsWith("CREATE TABLE godwit_memory"));
    }

    private ServerOptions server(SqliteDriver driver, Path file, long seed) {
        Random ids = new Random(seed);
        return ServerOptions.of(
                new SchemaReader(Fleet.DRIVER).read("schema", SCHEMA),
                driver,
                file.toString(),
                fleet.server::wallMillis,
                () -> new UUID(ids.nextLong(), ids.nextLong()));
    }

    @Test
    void aLocalWriteIsThereWithItsPlaceInTheOutboxOrNeitherIs() throws IOException {
        List<List<String>> states = states(
                SCHEMA,
                true,
                db -> db.write(tx -> {
                    tx.run("insert into item (id, team, title) values ('new', 'red', 'n')");
                    tx.run("update item set n = n + 5 where id = '4'");
                }));
        assertThat(states).hasSize(2);
        long rows =
                states.get(1).stream().filter(row -> row.startsWith("item ")).count();
        assertThat(states.get(0)).filteredOn(row -> row.startsWith("item ")).hasSize((int) rows - 1);
        assertThat(states.get(0))
                .filteredOn(row -> row.startsWith("godwit_entry "))
                .hasSize(4);
        assertThat(states.get(1))
                .filteredOn(row -> row.startsWith("godwit_entry "))
                .hasSize(5);
    }

    @Test
    void aDowngradedApplicationIsRefusedAndChangesNothing() {
        a.reopen(GROWN);
        a.db.close();
        List<String> grown = check(a.file);
        assertThatThrownBy(() -> a.reopen(SCHEMA))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("item.size")
                .hasMessageContaining("#schema");
        assertThat(check(a.file)).isEqualTo(grown);
        a.reopen(GROWN);
        assertThat(a.db.status().pending()).isEqualTo(3);
    }

    @Test
    void aSyncLeavesTheOldCheckpointOrTheNewOneAndTheServerAppliesOnce() throws IOException {
        fleet.server.close();
        List<String> seen = new ArrayList<>();
        for (long at = 1; seen.isEmpty() || !seen.get(seen.size() - 1).equals("through"); at = next(at)) {
            Path file = Files.copy(before, folder.resolve("sync" + at + ".db"));
            Path copy = Files.copy(fleet.server.file(), folder.resolve("server" + at + ".db"));
            DyingSqlite driver = new DyingSqlite(file, at);
            try (InProcessServer server = new InProcessServer(copy, SCHEMA, Limits.DEFAULT, List.of(), 1_000 + at)) {
                Grant grant = new Grant("user-a", Set.of("red", "shared"), false);
                way = new FaultyTransport(server, grant);
                try (Godwit db = Godwit.open(options(driver, file, SCHEMA))) {
                    assertThat(db.sync().isSynced()).isTrue();
                } catch (DyingSqlite.Died end) {
                    seen.add("");
                }
                driver.bury();
                String items = items(file).toString();
                assertThat(items).as("died at statement " + at).isIn(OLD, NEW);
                seen.add(driver.isDead() ? items : "through");
                try (Godwit db = Godwit.open(options(new DyingSqlite(file, Long.MAX_VALUE), file, SCHEMA))) {
                    assertThat(db.sync().isSynced()).isTrue();
                    assertThat(db.outbox()).isEmpty();
                }
                assertThat(items(file).toString()).isEqualTo(NEW);
                assertThat(items(copy).toString()).as("the server").isEqualTo(NEW);
            }
        }
        System.out.println("EveryStepTest: died " + seen.size() / 2 + " times within a sync");
        assertThat(seen).contains(OLD, NEW);
        fleet.server.start();
    }

    private static List<String> items(Path file) {
        return OverHttp.everything(file).stream()
                .filter(row -> row.startsWith("item "))
                .toList();
    }
}
