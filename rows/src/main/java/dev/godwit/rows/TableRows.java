package dev.godwit.rows;

import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteStatement;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table on one connection, by key. A row has a value per column of {@link Table#columns()}.
 *
 * <p>Not safe for use by two threads; closed with the connection.
 */
final class TableRows {
    private final SqliteConnection connection;
    private final Table table;
    private final Map<BitSet, SqliteStatement> updates = new HashMap<>();
    private @Nullable SqliteStatement find;
    private @Nullable SqliteStatement insert;
    private @Nullable SqliteStatement delete;

    /** Statements are compiled when first used, and closed with the connection. */
    TableRows(SqliteConnection connection, Table table) {
        this.connection = connection;
        this.table = table;
    }

    /** The row under this key, or null. SQL's own comparison decides what is the same key. */
    Value @Nullable [] find(Key key) {
        SqliteStatement statement = find;
        if (statement == null) {
            statement = connection.prepare("select " + columnList() + " from " + name() + " where " + keyMatches());
            find = statement;
        }
        Sql.bindAll(statement, 1, key.values());
        try {
            return statement.step() ? Sql.values(statement, 0, table.columns().size()) : null;
        } finally {
            statement.reset();
        }
    }

    /** Inserts a whole row. */
    void insert(Value[] row) {
        SqliteStatement statement = insert;
        if (statement == null) {
            statement = connection.prepare("insert into " + name() + " (" + columnList() + ") values ("
                    + Sql.join(row.length, ", ", i -> "?") + ")");
            insert = statement;
        }
        for (int i = 0; i < row.length; i++) {
            Sql.bind(statement, i + 1, row[i]);
        }
        run(statement);
    }

    /** Writes the columns in which the two rows differ; the row is found under the key of {@code before}. */
    void update(Value[] before, Value[] after) {
        BitSet changed = new BitSet(after.length);
        for (int i = 0; i < after.length; i++) {
            changed.set(i, !before[i].equals(after[i]));
        }
        if (changed.isEmpty()) {
            return;
        }
        SqliteStatement statement = updates.computeIfAbsent(changed, this::prepareUpdate);
        int parameter = 1;
        for (int i = changed.nextSetBit(0); i >= 0; i = changed.nextSetBit(i + 1)) {
            Sql.bind(statement, parameter++, after[i]);
        }
        for (int k : table.key()) {
            Sql.bind(statement, parameter++, before[k]);
        }
        run(statement);
    }

    private SqliteStatement prepareUpdate(BitSet changed) {
        int[] columns = changed.stream().toArray();
        return connection.prepare("update " + name() + " set "
                + Sql.join(columns.length, ", ", i -> column(columns[i]) + " = ?") + " where " + keyMatches());
    }

    /** Deletes the row under this key, if there is one. */
    void delete(Key key) {
        SqliteStatement statement = delete;
        if (statement == null) {
            statement = connection.prepare("delete from " + name() + " where " + keyMatches());
            delete = statement;
        }
        Sql.bindAll(statement, 1, key.values());
        run(statement);
    }

    /** What SQLite cannot compute for a row, in a CHECK or a generated column, is a rule that the row does not keep. */
    private static void run(SqliteStatement statement) {
        try {
            statement.step();
        } catch (SqliteException failure) {
            throw failure.code() == SqliteCode.ERROR
                    ? new SqliteException(
                            SqliteCode.CONSTRAINT_OTHER, String.valueOf(failure.getMessage()), failure.getCause())
                    : failure;
        } finally {
            statement.reset();
        }
    }

    private String name() {
        return Sql.name(table.name());
    }

    private String column(int index) {
        return Sql.name(table.columns().get(index).name());
    }

    private String columnList() {
        return Sql.join(table.columns().size(), ", ", this::column);
    }

    private String keyMatches() {
        return Sql.join(table.key().size(), " and ", i -> column(table.key().get(i)) + " = ?");
    }
}
