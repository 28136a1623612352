package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that look like SQL, values at the edges of what there is, and keys that were made to collide: all go there and back. */
@Timeout(120)
class OddNamesAndValuesTest {
    /** The values stand in a column of type blob, which SQLite stores as they are bound: one of another type makes -0.0 a 0. */
    private static final String EVERY_KIND = """
            create table odd (k any primary key, team text scope not null, v blob, tags text add_wins_set,
              extra text merged_json, note text merged_text);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;

    @AfterEach
    void close() {
        if (fleet != null) {
            fleet.close();
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Fault 39: whatever a table and its columns are called, each name is one name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select",
                "it's",
                "a.b",
                "say \"x\"",
                "x; drop table safe",
                "x) values (1); --",
                "[brackets]",
                "`ticks`",
                "%s {0} ${x}",
                "größe 😀",
                " spaced ",
                "new",
                "rowid"
            })
    void namesAreNamesWhateverIsInThem(String name) {
        String table = quoted(name);
        String column = quoted(name + " 2");
        fleet = new Fleet(
                folder.resolve("fleet"),
                "create table safe (id text primary key, team text scope not null);\n"
                        + "create table " + table + " (" + quoted(name + " 1")
                        + " text primary key, team text scope not null, "
                        + column + " text, " + quoted(name + " 3") + " integer counter not null default 0,"
                        + quoted(name + " 4") + " text merged_json, unique (" + column + "));\n"
                        + "create index " + quoted(name + " i") + " on " + table + " (" + column + ");");
        Fleet.Member a = fleet.device("a", "red");
        Fleet.Member b = fleet.device("b", "red");
        a.run("insert into safe values ('s', 'red')");
        a.run("insert into " + table + " values ('1', 'red', 'x', 1, '{}'), ('2', 'red', 'y', 1, null)");
        a.synced();
        b.synced();
        a.run("update " + table + " set " + quoted(name + " 3") + " = " + quoted(name + " 3") + " + 2 where " + column
                + " = 'x'");
        b.run("update " + table + " set " + quoted(name + " 3") + " = " + quoted(name + " 3") + " + 4, "
                + quoted(name + " 4") + " = '{\"a\":1}' where " + column + " = 'x'");
        b.run("delete from " + table + " where " + quoted(name + " 1") + " = '2'");
        b.synced();
        a.synced();
        b.synced();
        String all = "select * from " + table;
        assertThat(a.all(all)).isEqualTo(b.all(all)).hasSize(1);
        assertThat(a.all(all).toString()).contains("7").contains("{\"a\":1}");
        assertThat(fleet.onServer(all)).hasSize(1);
        assertThat(fleet.onServer("select * from safe")).hasSize(1);
        a.db.outbox();
    }

    /** Faults 39 and 62: a value is a value, on both sides the same bytes, in rows and in keys. */
    private static final List<Object> ODD = List.of(
            "'); drop table odd; --",
            "\" or 1=1",
            "",
            "a\u0000b",
            "\u0000",
            "é",
            "e\u0301",
            "ﬀ",
            "\u202eevil",
            "\ufeffbom",
            "\ufffd",
            "😀",
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0L,
            -1L,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            -Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            0.1,
            1e300,
            9007199254740993L,
            new byte[0],
            new byte[] {0},
            new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

    @Test
    void valuesComeBackBitForBitOnTheServerAndOnAnotherDevice() {
        fleet = new Fleet(folder.resolve("fleet"), EVERY_KIND);
        Fleet.Member a = fleet.device("a", "red");
        Fleet.Member b = fleet.device("b", "red");
        for (Object value : ODD) {
            a.run("insert into odd (k, team, v) values (?, 'red', ?)", value, value);
        }
        String large = "x\u0000".repeat(1 << 20);
        a.run("insert into odd (k, team, v) values ('minus zero', 'red', ?)", -0.0);
        a.run("insert into odd (k, team, v) values ('large', 'red', ?)", large);
        a.run(
                "insert into odd (k, team, tags, extra, note) values ('merged', 'red', ?, ?, ?)",
                "[\"'; drop\",\"\\u0000\",1e400]",
                "{\"$.a[0]'\\\"\":{\"\":[-0.0,1E-7]}}",
                "a\u0000😀b");
        a.synced();
        b.synced();
        String all = "select typeof(k), hex(k), quote(k), typeof(v), hex(v), quote(v), tags, extra, hex(note) from odd"
                + " order by typeof(k), hex(k), quote(k)";
        assertThat(b.all(all)).isEqualTo(a.all(all));
        assertThat(fleet.onServer(all)).isEqualTo(a.all(all));
        List<Value> bound = Stream.concat(ODD.stream(), Stream.of(-0.0, large))
                .map(OddNamesAndValuesTest::value)
                .toList();
        for (Path file : List.of(a.file, b.file, fleet.server.file())) {
            assertThat(values(file, "select v from odd where k <> 'merged'"))
                    .as(file.toString())
                    .containsExactlyInAnyOrderElementsOf(bound);
            assertThat(values(file, "select k from odd where tags is null and k not in ('minus zero', 'large')"))
                    .as(file.toString())
                    .containsExactlyInAnyOrderElementsOf(bound.subList(0, ODD.size()));
        }
        for (Object value : ODD) {
            b.run("update odd set tags = '[1]' where k = ?", value);
        }
        b.run("delete from odd where k = ?", "é");
        b.synced();
        a.synced();
        assertThat(a.one("select count(*) from odd where tags = '[1]'")).isEqualTo(String.valueOf(ODD.size() - 1));
        assertThat(a.one("select count(*) from odd where k = 'e\u0301'"))
                .as("the other spelling of é is another key")
                .isEqualTo("1");
    }

    private static Value value(Object bound) {
        if (bound instanceof Long number) {
            return Value.of(number);
        }
        if (bound instanceof Double number) {
            return Value.of(number);
        }
        return bound instanceof byte[] bytes ? Value.of(bytes) : Value.of((String) bound);
    }

    /** What a file holds, to the bit: -0.0 is no 0.0, which SQL and what it prints do not tell apart. */
    private static List<Value> values(Path file, String sql) {
        try (SqliteConnection connection =
                Fleet.DRIVER.open(SqliteOptions.of(file.toString()).reading())) {
            return Sql.rows(connection, sql).stream().map(row -> row[0]).toList();
        }
    }

    /** Fault 62: what SQLite lets another program store, and no text can be. */
    @Test
    void bytesThatAreNoTextAreMendedOnTheWayAndNothingElseIs() {
        fleet = new Fleet(folder.resolve("fleet"), EVERY_KIND);
        Fleet.Member a = fleet.device("a", "red");
        Fleet.Member b = fleet.device("b", "red");
        try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
            other.execute("insert into odd (k, team, v) values ('bad', 'red', cast(x'61ff62' as text)),"
                    + " ('cut off', 'red', cast(x'61f09f98' as text)), ('nul', 'red', cast(x'610062' as text)),"
                    + " ('good', 'red', cast(x'c3a9' as text))");
        }
        a.synced();
        b.synced();
        for (Path file : List.of(b.file, fleet.server.file())) {
            assertThat(values(file, "select v from odd where k = 'bad'")).containsExactly(Value.of("a\ufffdb"));
            assertThat(values(file, "select v from odd where k = 'nul'")).containsExactly(Value.of("a\u0000b"));
            assertThat(values(file, "select v from odd where k = 'good'")).containsExactly(Value.of("é"));
            assertThat(values(file, "select v from odd where k = 'cut off'"))
                    .singleElement()
                    .matches(cut -> cut.asText().matches("a\ufffd+"));
        }
        a.run("update odd set tags = '[1]'");
        a.synced();
        b.synced();
        assertThat(b.one("select count(*) from odd where tags = '[1]'")).isEqualTo("4");
    }

    /** Fault 66: texts that have one hash code; what they cost is in {@code KeyTest}. */
    @Test
    void keysThatCollideAreRowsLikeOthers() throws IOException {
        fleet = new Fleet(folder.resolve("fleet"), EVERY_KIND);
        int bits = 12;
        List<Value[]> rows = new ArrayList<>();
        for (int i = 0; i < 1 << bits; i++) {
            StringBuilder key = new StringBuilder();
            for (int bit = 0; bit < bits; bit++) {
                key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            rows.add(new Value[] {Value.of(key.toString()), Value.of("red")});
        }
        assertThat(rows.stream().map(row -> row[0].hashCode()).distinct()).hasSize(1);
        List<BlockColumn> columns =
                List.of(new BlockColumn("k", ColumnRole.KEY), new BlockColumn("team", ColumnRole.SET));
        assertThat(decided(1, new RowBlock("odd", RowKind.INSERT, columns, rows)))
                .contains("Applied");
        assertThat(fleet.onServer("select count(*) from odd")).containsExactly("[" + (1 << bits) + "]");
        Fleet.Member reader = fleet.device("reader", "red");
        reader.synced();
        assertThat(reader.one("select count(*) from odd")).isEqualTo(String.valueOf(1 << bits));
        reader.run("update odd set v = 1");
        reader.synced();
        assertThat(fleet.onServer("select count(*) from odd where v = 1")).containsExactly("[" + (1 << bits) + "]");
    }

    /** Fault 66: one row a hundred thousand times, and all the scopes that there may be. */
    @Test
    @Timeout(30)
    void oneKeyManyTimesAndManyScopesAreDecidedSoon() throws IOException {
        fleet = new Fleet(folder.resolve("fleet"), EVERY_KIND);
        List<BlockColumn> columns = List.of(
                new BlockColumn("k", ColumnRole.KEY),
                new BlockColumn("team", ColumnRole.SET),
                new BlockColumn("v", ColumnRole.SET));
        List<Value[]> rows = Stream.iterate(0, i -> i + 1)
                .limit(100_000)
                .map(i -> new Value[] {Value.of("k"), Value.of("red"), Value.of(i)})
                .toList();
        assertThat(decided(1, new RowBlock("odd", RowKind.INSERT, columns, rows)))
                .contains("Rejected", "MALFORMED", "names row 'k' of odd twice");
        assertThat(fleet.onServer("select v from odd where k = 'k'")).isEmpty();
        String[] scopes =
                Stream.iterate(0, i -> i + 1).limit(999).map(i -> "scope-" + i).toArray(String[]::new);
        Fleet.Member many = fleet.device("many", scopes);
        many.run("insert into odd (k, team) values ('mine', 'scope-7')");
        many.synced();
        many.synced();
        assertThat(fleet.onServer("select team from odd where k = 'mine'")).containsExactly("['scope-7']");
    }

    private String decided(long sequence, RowBlock block) throws IOException {
        List<Frame> frames = new ArrayList<>();
        fleet.server.engine().sync(new Grant("eve", Set.of("red"), false), Requests.push(sequence, block), frames::add);
        return ((Cut) frames.get(frames.size() - 1)).receipts().toString();
    }
}
