package dev.godwit.server;

import dev.godwit.model.ConflictTable;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;

/** Which commit number a scope had when, and what goes with the horizon, on SQLite. */
final class SqliteHorizons {
    /** Rows that are folded in one go, while others wait for the writer. */
    private static final int FOLDED = 10_000;

    private final SqliteConnection connection;
    private final SqliteStatements sql;

    SqliteHorizons(SqliteConnection connection, SqliteStatements sql) {
        this.connection = connection;
        this.sql = sql;
    }

    void noteHeads(long millis) {
        sql.run(
                "insert or ignore into godwit_clock (scope_id, commit_number, millis) select id, head, ? from godwit_scope",
                Value.of(millis));
    }

    void forgetBelow(long millis, StoreWriter.RowVisitor visitor) {
        List<Value[]> scopes = Sql.rows(
                connection,
                "select c.scope_id, max(c.commit_number), coalesce(h.commit_number, 0) from godwit_clock c"
                        + " left join godwit_horizon h on h.scope_id = c.scope_id where c.millis <= ? group by c.scope_id",
                Value.of(millis));
        for (Value[] scope : scopes) {
            if (scope[1].asLong() > scope[2].asLong()) {
                forget(scope[0], scope[2], scope[1], visitor);
            }
        }
    }

    private record Place(Table table, Key key) {}

    private void forget(Value scope, Value from, Value horizon, StoreWriter.RowVisitor visitor) {
        for (Place row : changed(scope, from)) {
            visitor.visit(row.table(), row.key(), horizon.asLong());
        }
        sql.run(
                "delete from godwit_image where (table_id, key) in (select table_id, key from godwit_row"
                        + " where scope_id = ? and deleted and commit_number <= ?)",
                scope,
                horizon);
        for (String memory : List.of("godwit_memory", "godwit_text", "godwit_text_block")) {
            sql.run(
                    "delete from " + memory + " where (table_id, key) in (select table_id, key from godwit_row"
                            + " where scope_id = ? and deleted and commit_number <= ?)",
                    scope,
                    horizon);
        }
        sql.run("delete from godwit_row where scope_id = ? and deleted and commit_number <= ?", scope, horizon);
        sql.run("delete from godwit_left where scope_id = ? and commit_number <= ?", scope, horizon);
        sql.run("delete from godwit_clock where scope_id = ? and commit_number < ?", scope, horizon);
        sql.run("insert or replace into godwit_horizon (scope_id, commit_number) values (?, ?)", scope, horizon);
    }

    /** Rows that have changed since the last horizon and have something to be folded; the oldest, if they are many. */
    private List<Place> changed(Value scope, Value from) {
        SqliteStatement select = sql.statement("select table_id, key from godwit_row r where scope_id = ?"
                + " and commit_number > ? and not deleted and ("
                + "exists (select 1 from godwit_memory m where m.table_id = r.table_id and m.key = r.key)"
                + " or exists (select 1 from godwit_text t where t.table_id = r.table_id and t.key = r.key)"
                + " or exists (select 1 from godwit_text_block b where b.table_id = r.table_id and b.key = r.key))"
                + " order by commit_number limit " + FOLDED);
        Sql.bindAll(select, 1, List.of(scope, from));
        List<Place> places = new ArrayList<>();
        try {
            while (select.step()) {
                Table table = sql.table(select.columnLong(0));
                if (table != null && !table.name().equals(ConflictTable.NAME)) {
                    places.add(new Place(table, KeyCodec.decode(select.columnBlob(1))));
                }
            }
        } finally {
            select.reset();
        }
        return places;
    }
}
