package dev.godwit.schema;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;

/** What SQLite says about the objects of a database. Absent texts are empty. */
final class Catalogue {
    private final SqliteConnection connection;

    Catalogue(SqliteConnection connection) {
        this.connection = connection;
    }

    /** A table, index, trigger or view. */
    record Entry(String type, String name, String table, String sql) {}

    /** A column; {@code hidden} is 0 for a stored one; {@code key} counts from 1, 0 for no key column. */
    record ColumnInfo(String name, String type, boolean notNull, String fallback, int key, int hidden) {}

    /** An index; {@code origin} is pk, u or c. */
    record IndexInfo(String name, boolean unique, String origin, boolean partial) {}

    /** A column of an index; the name is empty for an expression or the rowid. */
    record IndexColumn(String name, String collation) {}

    /** One column of a REFERENCES clause. */
    record Reference(int id, int place, String parent, String from, String to, String onDelete) {}

    /** Whether the table is WITHOUT ROWID, STRICT; and of which kind it is. */
    record TableInfo(String type, boolean withoutRowid, boolean strict) {}

    private interface Reader<T> {
        T read(SqliteStatement row);
    }

    private <T> List<T> list(Reader<T> reader, String sql, String... parameters) {
        List<T> list = new ArrayList<>();
        try (SqliteStatement statement = connection.prepare(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.bindText(i + 1, parameters[i]);
            }
            while (statement.step()) {
                list.add(reader.read(statement));
            }
        }
        return list;
    }

    /** The application's objects, in the order of their creation. */
    List<Entry> entries() {
        return list(
                r -> new Entry(r.columnText(0), r.columnText(1), r.columnText(2), r.columnText(3)),
                "select type, name, tbl_name, sql from sqlite_master where sql is not null"
                        + " and name not like 'godwit\\_%' escape '\\' and tbl_name not like 'godwit\\_%' escape '\\'"
                        + " and name not like 'sqlite\\_%' escape '\\' order by rowid");
    }

    /** Objects that have a name of the engine's own, or belong to such a table; without the policy table. */
    List<String> reserved() {
        return list(
                r -> r.columnText(0),
                "select name from sqlite_master where sql is not null and name <> 'godwit_policy'"
                        + " and (name like 'godwit\\_%' escape '\\' or tbl_name like 'godwit\\_%' escape '\\') order by rowid");
    }

    List<ColumnInfo> columns(String table) {
        return list(
                r -> new ColumnInfo(
                        r.columnText(0),
                        r.columnText(1),
                        r.columnLong(2) != 0,
                        r.columnText(3),
                        (int) r.columnLong(4),
                        (int) r.columnLong(5)),
                "select name, type, \"notnull\", dflt_value, pk, hidden from pragma_table_xinfo(?) order by cid",
                table);
    }

    List<IndexInfo> indexes(String table) {
        return list(
                r -> new IndexInfo(r.columnText(0), r.columnLong(1) != 0, r.columnText(2), r.columnLong(3) != 0),
                "select name, \"unique\", origin, partial from pragma_index_list(?) order by seq desc",
                table);
    }

    List<IndexColumn> indexColumns(String index) {
        return list(
                r -> new IndexColumn(r.columnText(0), r.columnText(1)),
                "select name, coll from pragma_index_xinfo(?) where key order by seqno",
                index);
    }

    List<Reference> references(String table) {
        return list(
                r -> new Reference(
                        (int) r.columnLong(0),
                        (int) r.columnLong(1),
                        r.columnText(2),
                        r.columnText(3),
                        r.columnText(4),
                        r.columnText(5)),
                "select id, seq, \"table\", \"from\", \"to\", on_delete from pragma_foreign_key_list(?)"
                        + " order by id desc, seq",
                table);
    }

    /** How SQLite made a table; {@code virtual} for a virtual one, {@code shadow} for a part of one. */
    TableInfo table(String name) {
        return list(
                        r -> new TableInfo(r.columnText(0), r.columnLong(1) != 0, r.columnLong(2) != 0),
                        "select type, wr, strict from pragma_table_list where name = ? and schema = 'main'",
                        name)
                .get(0);
    }

    /** Rows of the policy table: table, column (empty for none), policy, value. */
    List<List<String>> policies() {
        return list(
                r -> List.of(r.columnText(0), r.columnText(1), r.columnText(2), r.columnText(3)),
                "select on_table, coalesce(on_column, ''), policy, value from godwit_policy order by rowid");
    }

    boolean hasRows(String table) {
        return !list(r -> 1, "select 1 from \"" + table.replace("\"", "\"\"") + "\" limit 1")
                .isEmpty();
    }
}
