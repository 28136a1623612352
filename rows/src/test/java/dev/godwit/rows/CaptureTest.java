package dev.godwit.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.schema.SchemaReader;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every trap of capture by triggers, each by its name, and random SQL against a copy. */
class CaptureTest {
    private static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null, code text unique, title text, price real, picture blob,
              stock integer counter not null default 0);
            create table line (
              id integer primary key, team text scope not null, item text references item (id) on delete cascade on update cascade);
            create table "odd ""name" ("a b" text collate nocase, "select" integer, team text scope not null, v,
              primary key ("a b", "select")) without rowid;
            """;

    private final SchemaReader reader = new SchemaReader(new JdbcSqlite());
    private final Schema schema = reader.read("test", SCHEMA);
    private SqliteConnection db;
    private Capture capture;

    @BeforeEach
    void open() {
        db = new JdbcSqlite().open(SqliteOptions.of(":memory:"));
        schema.statements().forEach(s -> db.execute(s.sql()));
        capture = new Capture(db, schema);
        capture.install(true);
    }

    @AfterEach
    void close() {
        db.close();
    }

    /** What has changed since the last time, as {@code table: before -> after}. */
    private List<String> changes() {
        List<String> changes = new ArrayList<>();
        for (Table table : capture.touched()) {
            capture.scan(
                    table,
                    (before, after) -> changes.add(
                            table.name() + ": " + Arrays.toString(before) + " -> " + Arrays.toString(after)));
            capture.clear(table);
        }
        return changes;
    }

    private void items(String... ids) {
        for (String id : ids) {
            db.execute("insert into item (id, team, code, title) values ('" + id + "', 'red', 'c" + id + "', 't')");
        }
        changes();
    }

    @Test
    void insertUpdateAndDeleteOfOneRowAreItsNetChange() {
        db.execute(
                "begin; insert into item (id, team, title) values ('1', 'red', 'a'); update item set title = 'b'; commit");
        assertThat(changes()).containsExactly("item: null -> ['1', 'red', NULL, 'b', NULL, NULL, 0]");
        db.execute("update item set title = 'c'; delete from item");
        assertThat(changes()).containsExactly("item: ['1', 'red', NULL, 'b', NULL, NULL, 0] -> null");
        db.execute("insert into item (id, team) values ('2', 'red'); delete from item");
        assertThat(changes()).isEmpty();
    }

    /** A statement that changes many rows takes its time times the rows, and not times their square. */
    @Test
    void imageOfARowIsLookedForByItsKeyWhateverTypeItHas() {
        for (String table : List.of("line", "item", "odd \"name")) {
            String shadow = Capture.before(schema.table(table).orElseThrow());
            long root = Sql.number(
                    db,
                    "select rootpage from sqlite_master where name = ?",
                    Value.of(shadow.substring(1, shadow.length() - 1).replace("\"\"", "\"")));
            int opened = 0;
            List<Value> cursors = new ArrayList<>();
            for (Value[] step : Sql.rows(db, "explain update " + Sql.name(table) + " set team = 'blue'")) {
                String what = step[1].asText();
                if (what.equals("Init")) {
                    cursors.clear();
                } else if (what.equals("OpenRead") && step[3].asLong() == root) {
                    cursors.add(step[2]);
                    opened++;
                }
                assertThat(what.equals("Rewind") && cursors.contains(step[2]))
                        .as(table + ": every image is looked at")
                        .isFalse();
            }
            assertThat(opened).as("reach").isPositive();
        }
    }

    @Test
    void visitorThatRefusesARowSpoilsNoLaterScan() {
        items("1", "2");
        Table item = schema.table("item").orElseThrow();
        db.execute("begin; update item set title = 'refused'");
        assertThatThrownBy(() -> capture.scan(item, (before, after) -> {
                    throw new IllegalArgumentException("refused");
                }))
                .hasMessage("refused");
        db.execute("rollback; update item set title = 'kept'");
        assertThat(changes()).hasSize(2).allMatch(c -> c.contains("-> [") && c.contains("'kept'"));
    }

    @Test
    void insertOrReplaceCatchesTheRowsItDeletesByKeyAndByUniqueValue() {
        for (String recursive : List.of("on", "off")) {
            db.execute("pragma recursive_triggers = " + recursive + "; delete from item");
            changes();
            items("1", "2");
            db.execute("insert or replace into item (id, team, code, title) values ('1', 'red', 'c2', 'new')");
            assertThat(changes())
                    .as("recursive_triggers " + recursive)
                    .containsExactlyInAnyOrder(
                            "item: ['1', 'red', 'c1', 't', NULL, NULL, 0] -> ['1', 'red', 'c2', 'new', NULL, NULL, 0]",
                            "item: ['2', 'red', 'c2', 't', NULL, NULL, 0] -> null");
        }
    }

    @Test
    void updateOrReplaceCatchesTheRowItDeletes() {
        db.execute("pragma recursive_triggers = off");
        items("1", "2");
        db.execute("update or replace item set code = 'c2' where id = '1'");
        assertThat(changes()).hasSize(2).anyMatch(c -> c.endsWith("-> null"));
    }

    @Test
    void insertOrIgnoreAndUpsertAreWhatTheyDid() {
        items("1");
        db.execute("insert or ignore into item (id, team) values ('1', 'blue')");
        assertThat(changes()).isEmpty();
        db.execute(
                "insert into item (id, team) values ('1', 'blue') on conflict (id) do update set title = 'upserted'");
        assertThat(changes())
                .hasSize(1)
                .first()
                .asString()
                .contains("'upserted'")
                .contains("'red'");
    }

    @Test
    void cascadesAreCaught() {
        items("1");
        db.execute("insert into line values (7, 'red', '1'), (8, 'red', '1')");
        changes();
        db.execute("delete from item where id = '1'");
        assertThat(changes()).hasSize(3).allMatch(c -> c.endsWith("-> null"));
    }

    @Test
    void changedKeyIsADeleteAndAnInsertAndItsCascadeFollows() {
        items("1");
        db.execute("insert into line values (7, 'red', '1')");
        changes();
        db.execute("update item set id = '9' where id = '1'");
        assertThat(changes())
                .hasSize(3)
                .anyMatch(c -> c.startsWith("item: null -> ['9'"))
                .anyMatch(c -> c.contains("[7, 'red', '9']"));
    }

    @Test
    void rollbacksTakeTheImagesAlong() {
        items("1");
        db.execute("begin; savepoint s; update item set title = 'x'; rollback to s; commit");
        assertThat(changes()).isEmpty();
        db.execute("begin; update item set title = 'x'; rollback");
        assertThat(changes()).isEmpty();
    }

    @Test
    void writingTheSameValueIsNothing() {
        items("1");
        db.execute("update item set title = title, price = null");
        assertThat(changes()).isEmpty();
        db.execute("update item set title = 'x'; update item set title = 't'");
        assertThat(changes()).isEmpty();
    }

    @Test
    void valuesKeepTheirStorageClassAndEveryBit() {
        items("1");
        db.execute("update item set price = -1.1754943508222872e-38, picture = x'', title = 1e300");
        changes();
        db.execute("update item set price = 0.5");
        assertThat(changes())
                .hasSize(1)
                .first()
                .asString()
                .contains("-1.1754943508222872E-38")
                .contains("x''");
    }

    @Test
    void nullAndAbsentAreDifferent() {
        db.execute("insert into item (id, team) values ('1', 'red')");
        assertThat(changes()).containsExactly("item: null -> ['1', 'red', NULL, NULL, NULL, NULL, 0]");
        db.execute("update item set title = ''");
        assertThat(changes())
                .hasSize(1)
                .first()
                .asString()
                .contains("NULL, NULL, NULL, NULL, 0] -> ")
                .contains("''");
    }

    @Test
    void oddNamesAndKeysThatOnlySqlTakesForTheSame() {
        db.execute("insert into \"odd \"\"name\" values ('Key', 1, 'red', 2)");
        assertThat(changes()).hasSize(1);
        db.execute("insert or replace into \"odd \"\"name\" values ('KEY', 1, 'red', 3)");
        assertThat(changes()).as("spelled otherwise, it is another row").hasSize(2);
    }

    @Test
    void rowsThatSqliteNumbersItselfAreCaughtByTheirKey() {
        db.execute("insert into line (team) values ('red'), ('red')");
        assertThat(changes()).containsExactly("line: null -> [1, 'red', NULL]", "line: null -> [2, 'red', NULL]");
    }

    @Test
    void countersAndKeysAreGuarded() {
        items("1");
        assertThatThrownBy(() -> db.execute("update item set stock = 'many'"))
                .hasMessageContaining("item.stock is a counter");
        assertThatThrownBy(() -> db.execute("update item set stock = 9223372036854775807 + 1"))
                .hasMessageContaining("counter");
        assertThatThrownBy(() -> db.execute("insert into item (team) values ('red')"))
                .hasMessageContaining("whole key");
        assertThat(changes()).isEmpty();
    }

    @Test
    void applicationTriggersAreCaughtAndVacuumChangesNothing() {
        items("1");
        db.execute("create trigger t after update of title on item begin"
                + " insert into line (team, item) values (new.team, new.id); end");
        db.execute("update item set title = 'fires'");
        db.execute("vacuum");
        assertThat(changes()).hasSize(2);
    }

    @Test
    void nothingIsCaughtWhileTheEngineWrites() {
        db.execute("begin");
        capture.suspend();
        db.execute("insert into item (id, team) values ('1', 'red')");
        capture.resume();
        db.execute("commit");
        assertThat(changes()).isEmpty();
    }

    @Test
    void keyThatIsChangedUnderItsHiddenNameIsCaught() {
        db.execute(
                "pragma recursive_triggers = off; insert into line (id, team) values (1, 'red'), (2, 'red'), (3, 'red')");
        changes();
        db.execute("update line set rowid = 9 where id = 1");
        assertThat(changes())
                .containsExactlyInAnyOrder("line: [1, 'red', NULL] -> null", "line: null -> [9, 'red', NULL]");
        db.execute("update or replace line set _rowid_ = 3, team = 'blue' where id = 2");
        assertThat(changes())
                .containsExactlyInAnyOrder(
                        "line: [2, 'red', NULL] -> null", "line: [3, 'red', NULL] -> [3, 'blue', NULL]");
        db.execute("update line set oid = oid");
        assertThat(changes()).isEmpty();
    }

    @Test
    void replayingWhatWasCaughtOnACopyGivesTheDatabase() {
        replayRandomWrites();
    }

    @Test
    void soDoesReplayingWhatAProgramWroteThatHasNoRecursiveTriggers() {
        db.execute("pragma recursive_triggers = off");
        replayRandomWrites();
    }

    private void replayRandomWrites() {
        String chosen = System.getProperty("seed", "");
        long seed = chosen.isEmpty() ? 4711 : Long.parseLong(chosen);
        System.out.println("CaptureTest: seed " + seed);
        Random random = new Random(seed);
        Map<String, Map<Object, List<Value>>> copy = new HashMap<>();
        int[] reached = new int[3];
        for (int step = 0; step < 2_000; step++) {
            try {
                db.execute(statement(random));
            } catch (dev.godwit.sql.SqliteException refused) {
                assertThat(refused.code().isConstraint()).as(refused.toString()).isTrue();
            }
            if (random.nextInt(5) == 0) {
                for (Table table : capture.touched()) {
                    Map<Object, List<Value>> rows = copy.computeIfAbsent(table.name(), t -> new HashMap<>());
                    capture.scan(table, (before, after) -> replay(table, rows, before, after, reached));
                    capture.clear(table);
                }
                compare(copy);
            }
        }
        assertThat(reached).as("inserts, updates, deletes").doesNotContain(0);
    }

    private static void replay(
            Table table,
            Map<Object, List<Value>> rows,
            Value @Nullable [] before,
            Value @Nullable [] after,
            int[] reached) {
        if (before != null) {
            assertThat(rows.remove(table.keyOf(before))).isEqualTo(List.of(before));
        }
        if (after != null) {
            rows.put(table.keyOf(after), List.of(after));
        }
        reached[before == null ? 0 : after == null ? 2 : 1]++;
    }

    private void compare(Map<String, Map<Object, List<Value>>> copy) {
        for (Table table : schema.tables()) {
            Map<Object, List<Value>> rows = new HashMap<>();
            Sql.rows(db, "select * from " + Sql.name(table.name()))
                    .forEach(row -> rows.put(table.keyOf(row), List.of(row)));
            assertThat(copy.getOrDefault(table.name(), Map.of()))
                    .as(table.name())
                    .isEqualTo(rows);
        }
    }

    private static String statement(Random random) {
        String id = "'i" + random.nextInt(6) + "'";
        String code = random.nextBoolean() ? "null" : "'c" + random.nextInt(4) + "'";
        String or = List.of("", "or ignore ", "or replace ").get(random.nextInt(3));
        return switch (random.nextInt(13)) {
            case 0, 1 ->
                "insert " + or + "into item (id, team, code, stock) values (" + id + ", 'red', " + code + ", "
                        + random.nextInt(9) + ")";
            case 2 ->
                "update " + or + "item set code = " + code + ", price = " + random.nextGaussian() + " where id = " + id;
            case 3 -> "delete from item where id = " + id;
            case 4 -> "update " + or + "item set id = 'i" + random.nextInt(6) + "' where id = " + id;
            case 5 ->
                "insert " + or + "into line (id, team, item) values ("
                        + (random.nextBoolean() ? "null" : random.nextInt(5)) + ", 'red', " + id + ")";
            case 6 -> "update item set stock = stock + 1, title = x'0" + random.nextInt(9) + "'";
            case 7 ->
                "insert " + or + "into \"odd \"\"name\" values ('" + (random.nextBoolean() ? "k" : "K") + "', "
                        + random.nextInt(3) + ", 'red', " + random.nextLong() + ")";
            case 8 ->
                "update " + or + "\"odd \"\"name\" set \"a b\" = '" + (random.nextBoolean() ? "k" : "K")
                        + "', \"select\" = " + random.nextInt(3) + " where \"select\" = " + random.nextInt(3);
            case 9 -> "update " + or + "line set rowid = " + random.nextInt(5) + " where id = " + random.nextInt(5);
            case 10 ->
                "insert into item (id, team, code) values (" + id + ", 'red', " + code
                        + ") on conflict (id) do update set id = 'i" + random.nextInt(6) + "', code = excluded.code";
            case 11 ->
                "begin; savepoint s; insert into item (id, team) values ('i6', 'red'); rollback to s;"
                        + " insert or ignore into item (id, team) values ('i6', 'blue'); update item set id = 'i7'"
                        + " where id = 'i6'; delete from item where id = 'i7'; commit";
            default -> "begin; update item set stock = stock - 1; savepoint s; delete from item; rollback to s; commit";
        };
    }
}
