package dev.godwit.rows;

import dev.godwit.model.ForeignKey;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers what SQLite's own foreign keys would, while they are off: which parent a row lacks, which children point at a
 * row. A reference with a NULL in it points nowhere, as in SQL.
 *
 * <p>Not safe for use by two threads.
 */
public final class References {
    private final Schema schema;
    private final CompiledStatements statements;

    /** For the REFERENCES clauses between synced tables of this schema. */
    public References(SqliteConnection connection, Schema schema) {
        this.statements = new CompiledStatements(connection);
        this.schema = schema;
    }

    /** A clause and the table that declares it. */
    public record Incoming(Table child, ForeignKey clause) {}

    /** The first clause of the table whose parent does not exist for this row, or null. */
    public @Nullable ForeignKey missingParent(Table table, Value[] row) {
        for (ForeignKey clause : table.foreignKeys()) {
            if (pointsSomewhere(clause, row) && parent(clause, row) == null) {
                return clause;
            }
        }
        return null;
    }

    /** The row that a clause of this row points at, or null if there is none. */
    public Value @Nullable [] parent(ForeignKey clause, Value[] row) {
        Table parent = parentTable(clause);
        SqliteStatement find = statement("select " + columns(parent) + " from " + Sql.name(parent.name()) + " where "
                + equal(parent, clause.parentColumns()) + " limit 1");
        for (int i = 0; i < clause.columns().size(); i++) {
            Sql.bind(find, i + 1, row[clause.columns().get(i)]);
        }
        try {
            return find.step() ? Sql.values(find, 0, parent.columns().size()) : null;
        } finally {
            find.reset();
        }
    }

    /** The row that holds the values which this row has in some columns, a UNIQUE key, or null; NULL is held by none. */
    public Value @Nullable [] holder(Table table, List<Integer> unique, Value[] row) {
        ForeignKey clause = new ForeignKey(unique, table.name(), unique, ForeignKey.Action.NO_ACTION);
        return pointsSomewhere(clause, row) ? parent(clause, row) : null;
    }

    /** Whether no column of the clause is NULL in this row. */
    public static boolean pointsSomewhere(ForeignKey clause, Value[] row) {
        return clause.columns().stream().noneMatch(c -> row[c].isNull());
    }

    /** The clauses of other tables, or of itself, that point at a table. */
    public List<Incoming> incoming(Table parent) {
        List<Incoming> incoming = new ArrayList<>();
        for (Table child : schema.tables()) {
            for (ForeignKey clause : child.foreignKeys()) {
                if (clause.parent().equalsIgnoreCase(parent.name())) {
                    incoming.add(new Incoming(child, clause));
                }
            }
        }
        return incoming;
    }

    /** The rows that point at this row of the parent by the clause; at most {@code limit}. */
    public List<Value[]> children(Incoming incoming, Value[] parentRow, int limit) {
        Table child = incoming.child();
        SqliteStatement find = statement("select " + columns(child) + " from " + Sql.name(child.name()) + " where "
                + equal(child, incoming.clause().columns()) + " limit ?");
        List<Integer> parentColumns = incoming.clause().parentColumns();
        for (int i = 0; i < parentColumns.size(); i++) {
            Sql.bind(find, i + 1, parentRow[parentColumns.get(i)]);
        }
        find.bindLong(parentColumns.size() + 1, limit);
        List<Value[]> rows = new ArrayList<>();
        try {
            while (find.step()) {
                rows.add(Sql.values(find, 0, child.columns().size()));
            }
        } finally {
            find.reset();
        }
        return rows;
    }

    private Table parentTable(ForeignKey clause) {
        return schema.table(clause.parent())
                .orElseThrow(() -> new IllegalArgumentException("no table " + clause.parent()));
    }

    private static String columns(Table table) {
        return Sql.join(
                table.columns().size(),
                ", ",
                i -> Sql.name(table.columns().get(i).name()));
    }

    private static String equal(Table table, List<Integer> columns) {
        return Sql.join(
                columns.size(),
                " and ",
                i -> Sql.name(table.columns().get(columns.get(i)).name()) + " = ?");
    }

    private SqliteStatement statement(String sql) {
        return statements.of(sql);
    }
}
