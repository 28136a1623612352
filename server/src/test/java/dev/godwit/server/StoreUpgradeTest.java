package dev.godwit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.RowBlock;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of format 2, as the release wrote them that had it, are opened and lose nothing. {@code -Dseed=…} replays one. */
class StoreUpgradeTest {
    private static final String POLICY = "insert into godwit_policy values ('job', null, 'delete', 'update_wins');";
    private static final String COLUMNS = "id text primary key, team text scope not null, title text, note text";
    private static final String SCHEMA = "create table job (" + COLUMNS + ");" + POLICY;
    private static final String GROWN = "create table job (" + COLUMNS + ", more text);" + POLICY;

    @TempDir
    Path folder;

    private int tombstones;
    private int births;
    private int arrivals;
    private int groups;
    private int images;

    @Test
    void historiesGoOnAsIfNothingHadHappened() {
        String chosen = System.getProperty("seed", "");
        long first = chosen.isEmpty() ? 1 : Long.parseLong(chosen);
        long last = chosen.isEmpty() ? 8 : first;
        for (long seed = first; seed <= last; seed++) {
            try (TestServer server = new TestServer(folder.resolve(seed + ".db"), SCHEMA)) {
                run(server, new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("-Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
        if (chosen.isEmpty()) {
            assertThat(List.of(tombstones, births, arrivals, groups, images))
                    .as("tombstones, births, arrivals, groups, images")
                    .allMatch(n -> n > 10);
        }
    }

    private void run(TestServer server, Random random) {
        TestDevice a = new TestDevice(server, "a", "red", "blue");
        TestDevice b = new TestDevice(server, "b", "red", "blue");
        List<TestDevice> devices = List.of(a, b);
        steps(server, devices, random);
        server.restart(GROWN);
        steps(server, devices, random);
        server.engine().close();
        List<String> before = remembered(server);
        try (SqliteConnection file = open(server)) {
            FormatTwoFile.write(file);
        }
        server.start();
        assertThat(remembered(server)).isEqualTo(before);
        steps(server, devices, random);
        for (int round = 0; round < 2; round++) {
            devices.forEach(TestDevice::sync);
        }
        List<String> stored = server.rows("select id, team, title, note from job order by quote(id)");
        for (TestDevice device : devices) {
            assertThat(device.tables.get("job").values().stream()
                            .map(r -> "[" + r.get("id") + ", " + r.get("team") + ", " + r.get("title") + ", "
                                    + r.get("note") + "]")
                            .toList())
                    .isEqualTo(stored);
        }
    }

    private static void steps(TestServer server, List<TestDevice> devices, Random random) {
        for (int step = 0; step < 60; step++) {
            server.now += random.nextInt(3);
            TestDevice device = devices.get(random.nextInt(2));
            if (random.nextInt(3) == 0) {
                device.sync();
            } else {
                device.write(change(device, random));
            }
        }
    }

    private static RowBlock change(TestDevice device, Random random) {
        String id = "j" + random.nextInt(8);
        int value = random.nextInt(1000);
        String team = random.nextBoolean() ? "red" : "blue";
        if (device.cell("job", id, "id").equals("no row")) {
            return TestDevice.insert("job", "id", id, "team", team, "title", "t" + value, "note", "n");
        }
        return switch (random.nextInt(7)) {
            case 0, 6 -> TestDevice.delete("job", id);
            case 1 -> TestDevice.update("job", "id", id, "team", team);
            case 2 -> TestDevice.update("job", "id", id, "title", "t" + value, "note", "m" + value);
            case 3 -> TestDevice.update("job", "id", id, "note", "m" + value);
            default -> TestDevice.update("job", "id", id, "title", "t" + value);
        };
    }

    /** All that format 3 says of rows and images, decoded, and what of it there was. */
    private List<String> remembered(TestServer server) {
        List<String> all = new ArrayList<>();
        try (SqliteConnection file = open(server)) {
            for (Value[] row : Sql.rows(
                    file,
                    "select table_id, hex(key), scope_id, commit_number, deleted, cells from godwit_row order by 1, 2")) {
                CellGroups.Row stored = CellGroups.decode(row[3].asLong(), FormatTwoFile.blob(row[5]));
                assertThat(row[4].asLong()).as("deleted, to SQL").isEqualTo(stored.deleted() ? 1 : 0);
                all.add(row[0] + " " + row[1] + " " + row[2] + " " + row[3] + " " + stored);
                tombstones += stored.deleted() ? 1 : 0;
                births += stored.birth() == null ? 0 : 1;
                arrivals += stored.since() == 0 ? 0 : 1;
                groups += stored.cells().stream().distinct().count() > 2 ? 1 : 0;
            }
            for (Value[] image : Sql.rows(
                    file,
                    "select table_id, hex(key), commit_number, hex(row), cells from godwit_image order by 1, 2")) {
                all.add(image[0] + " " + image[1] + " " + image[2] + " " + image[3] + " "
                        + CellGroups.decode(image[2].asLong(), FormatTwoFile.blob(image[4])));
                images++;
            }
        }
        return all;
    }

    private static SqliteConnection open(TestServer server) {
        return TestServer.DRIVER.open(SqliteOptions.of(server.file().toString()));
    }

    /** Tables and indexes of the engine's with their columns, as SQLite sees them. */
    private static List<String> shape(TestServer server) {
        return server.rows("select m.type, m.name, m.tbl_name, c.cid, c.name, c.type, c.\"notnull\", c.pk, c.hidden"
                + " from sqlite_master m left join pragma_table_xinfo(m.name) c where m.name like 'godwit%'"
                + " order by m.type, m.name, c.cid");
    }

    @ParameterizedTest(name = "from format {0}")
    @ValueSource(ints = {2, 3})
    void upgradedFileIsLikeANewOne(int format) {
        try (TestServer server = new TestServer(folder.resolve("s.db"), SCHEMA)) {
            TestDevice a = new TestDevice(server, "a", "red");
            a.write(TestDevice.insert("job", "id", "j", "team", "red", "title", "t", "note", "n"));
            a.sync();
            List<String> shape = shape(server);
            server.operator("create view mine as select count(*) as n from godwit_row r join godwit_image;"
                    + " create view broken as select * from nowhere");
            server.engine().close();
            try (SqliteConnection file = open(server)) {
                if (format == 2) {
                    FormatTwoFile.write(file);
                } else {
                    FormatTwoFile.writeThree(file);
                }
            }
            assertThat(shape(server)).isNotEqualTo(shape);
            server.start();
            assertThat(shape(server)).isEqualTo(shape);
            assertThat(server.rows("select n from mine"))
                    .as("an operator's view")
                    .containsExactly("[0]");
            assertThat(server.rows("pragma integrity_check")).containsExactly("['ok']");
            assertThat(server.rows("select format from godwit_server")).containsExactly("[4]");
        }
    }

    @Test
    void upgradeThatFailsLeavesTheFileAsItWas() {
        try (TestServer server = new TestServer(folder.resolve("s.db"), SCHEMA)) {
            TestDevice a = new TestDevice(server, "a", "red");
            for (String id : List.of("i", "j", "k")) {
                a.write(TestDevice.insert("job", "id", id, "team", "red", "title", "t", "note", "n"));
            }
            a.sync();
            server.engine().close();
            String rows =
                    "select hex(key), commit_number, arrived, birth, deleted, hex(cells) from godwit_row order by 1";
            try (SqliteConnection file = open(server)) {
                FormatTwoFile.write(file);
            }
            List<String> before = server.rows(rows);
            String last = " where key = (select max(key) from godwit_row)";
            String cells =
                    server.rows("select hex(cells) from godwit_row" + last).get(0);
            server.operator("update godwit_row set cells = x'0405'" + last);
            List<String> damaged = server.rows(rows);
            assertThatThrownBy(server::start).isInstanceOf(RuntimeException.class);
            assertThat(server.rows(rows)).isEqualTo(damaged);
            assertThat(server.rows("select format from godwit_server")).containsExactly("[2]");
            server.operator("update godwit_row set cells = x" + cells.substring(1, cells.length() - 1) + last);
            assertThat(server.rows(rows)).isEqualTo(before);
            server.start();
            a.write(TestDevice.update("job", "id", "k", "title", "later"));
            a.sync();
            assertThat(server.rows("select title from job where id = 'k'")).containsExactly("['later']");
        }
    }
}
