package dev.godwit.schema;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Schema files of any text. Each is read or refused by a {@link SchemaException} whose every problem has a mend, soon; a file that
 * was read is read the same again, also after the comparison with itself; and no file appears on the disk.
 */
public final class SchemaFuzz {
    private static final SchemaReader READER = new SchemaReader(new JdbcSqlite());

    private SchemaFuzz() {}

    /** Called by the fuzzer before the first input: what loads classes does not count as an input's time. */
    public static void fuzzerInitialize() {
        for (byte[] seed : seeds().values()) {
            reads(seed);
            reads(Arrays.copyOf(seed, seed.length / 2));
        }
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        reads(data);
    }

    /** Whether it is a schema. */
    static boolean reads(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        String[] before = new File(".").list();
        Schema schema = null;
        try {
            schema = READER.read("app.sql", text);
            check(schema, READER.read("app.sql", text));
        } catch (SchemaException refused) {
            for (SchemaException.Problem problem : refused.problems()) {
                holds(
                        !problem.message().isBlank() && !problem.mend().isBlank(),
                        "a problem without a mend: " + problem);
            }
            holds(schema == null, "read once, and then not: " + text);
        }
        holds(Arrays.equals(before, new File(".").list()), "the schema file has made a file");
        return schema != null;
    }

    private static void check(Schema schema, Schema again) {
        holds(schema.equals(again), "read twice, it differs: " + schema);
        holds(schema.tables().size() > 1, "no table");
        for (Table table : schema.tables()) {
            holds(
                    table.name().equals(ConflictTable.TABLE.name())
                            || !table.name().startsWith("godwit_"),
                    "a table of the engine's own: " + table.name());
            holds(!table.key().isEmpty(), "no key: " + table.name());
        }
        holds(SchemaChange.between(schema, again).statements().isEmpty(), "it has grown out of itself");
    }

    private static void holds(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (String text : List.of(
                "create table task (id text primary key, team text scope not null, votes integer counter not null default 0);",
                "create table a (id integer primary key, t text, b integer references a(id), unique (t)) ;"
                        + "insert into godwit_policy values ('a', null, 'scope', 'shared');",
                "create table [it's] (\"k\" text, k2 blob, team text scope not null, x decimal(10,2), primary key (k, k2)) without rowid;",
                "create table t (id text primary key, s text scope not null, a text add_wins_set, m text merged_text, j text merged_json,"
                        + " w text three_way, h text manual, f integer first_write, g real max, l integer min, o text server_order, r text read_only);"
                        + "insert into godwit_policy (on_table, on_column, policy, value) values ('t', 'j', 'array_key', 'id');",
                "create table t (id text primary key, s text scope not null, st text not null default 'open' check (st <> ''));\n"
                        + "-- a comment; with a semicolon\ninsert into godwit_policy values ('t', 'st', 'precedence', 'open,done');",
                "create table t (id text primary key, s text scope not null); create view v as select * from t;"
                        + "create index i on t (s) where s > 'a'; create trigger r after insert on t begin update t set s = new.s; end;",
                "create table t (id integer primary key, s text scope not null, d text generated always as (s || 'x') stored);"
                        + "alter table t rename to u;")) {
            seeds.put("file-" + seeds.size(), text.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }
}
