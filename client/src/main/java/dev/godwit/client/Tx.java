package dev.godwit.client;

import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A local transaction, within {@link Godwit#write}. Plain SQL; every row of a synced table that it changes is captured.
 * Belongs to the thread that runs it, and ends with it.
 */
public final class Tx {
    private static final Set<String> ENDS = Set.of("begin", "commit", "end", "rollback");
    private static final String SAID = "pragma temp.user_version";

    private final SqliteConnection connection;
    private final WriteStatements statements;
    private final Schema schema;
    private final Intentions intentions = new Intentions();
    private final List<Runnable> said = new ArrayList<>();
    private boolean over;

    Tx(SqliteConnection connection, Schema schema, WriteStatements statements) {
        this.schema = schema;
        this.statements = statements;
        this.connection = connection;
    }

    /**
     * Runs one statement.
     *
     * @param parameters one per {@code ?}: strings, numbers, booleans, UUIDs, enum constants, bytes, null
     * @return how many rows it changed
     * @throws dev.godwit.sql.SqliteException if SQLite refuses it
     */
    public long run(String sql, @Nullable Object... parameters) {
        check(sql);
        return statements.run(sql, parameters);
    }

    /** Runs a query, which sees what this transaction has done so far. */
    public List<Row> query(String sql, @Nullable Object... parameters) {
        check(sql);
        return Queries.run(connection, sql, parameters).rows();
    }

    /** The rows of a table as records of this type; see {@link Records}. */
    public <T extends Record> Records<T> records(Class<T> type, String table) {
        return new Records<>(type, table, this::query, this::run);
    }

    /**
     * Says that a counter was counted: from now on it is this many, whatever it was. Changes that others make meanwhile, and had
     * not seen this, still add; of two counts at once the later stays. A plain {@code UPDATE … SET} of the same value would be
     * a change by the difference.
     *
     * @param key the row's key, a value per key column
     * @throws IllegalArgumentException if there is no such counter, or no such row
     */
    public void resetCounter(String table, String column, long value, Object... key) {
        Intentions.Cell cell = cell(table, column, MergeWord.COUNTER, key);
        update(table, column, value, key);
        say(() -> intentions.reset(cell));
    }

    /**
     * Edits a text exactly as a person did, where a comparison of the two texts might find other edits that come to the same.
     *
     * @param splices one after the other, each in the text that the one before it left; in UTF-16 units
     * @param key the row's key, a value per key column
     * @throws IllegalArgumentException if there is no such merged text or row, or an edit lies outside the text or would cut a
     *     surrogate pair in two
     */
    public void editText(String table, String column, List<Splice> splices, Object... key) {
        Intentions.Cell cell = cell(table, column, MergeWord.MERGED_TEXT, key);
        List<Row> rows = query(
                "select " + Sql.name(column) + " from " + Sql.name(table) + " where " + keyMatches(table(table)), key);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no row " + Arrays.toString(key) + " in " + table);
        }
        update(table, column, Splice.apply(TextEdit.text(rows.get(0).value(0)), splices), key);
        say(() -> intentions.edit(cell, splices));
    }

    /**
     * Keeps an intention for the end. A rollback to a savepoint takes it along: how many there are is noted in the temporary
     * database of this connection, which rolls back like the rows, and what it takes are the last ones. It is 0 between
     * transactions.
     */
    private void say(Runnable intention) {
        forgetRolledBack();
        said.add(intention);
        connection.execute(SAID + " = " + said.size());
    }

    private void forgetRolledBack() {
        said.subList((int) Sql.number(connection, SAID), said.size()).clear();
    }

    private void update(String table, String column, Object value, Object... key) {
        if (put(table(table), column, value, key) == 0) {
            throw new IllegalArgumentException("no row " + Arrays.toString(key) + " in " + table);
        }
    }

    /** Writes one cell, found by its row's key; returns how many rows there were. */
    long put(Table table, String column, Object value, Object... key) {
        Object[] parameters = new Object[key.length + 1];
        parameters[0] = value;
        System.arraycopy(key, 0, parameters, 1, key.length);
        return run(
                "update " + Sql.name(table.name()) + " set " + Sql.name(column) + " = ? where " + keyMatches(table),
                parameters);
    }

    private Table table(String name) {
        return schema.table(name).orElseThrow(() -> new IllegalArgumentException("no synced table " + name));
    }

    /** A condition with a parameter per key column. */
    static String keyMatches(Table table) {
        return String.join(
                " and ",
                table.key().stream()
                        .map(k -> Sql.name(table.columns().get(k).name()) + " = ?")
                        .toList());
    }

    private Intentions.Cell cell(String tableName, String column, MergeWord word, Object... key) {
        Table table = table(tableName);
        int place = table.columnIndex(column)
                .filter(c -> table.columns().get(c).merge() == word)
                .orElseThrow(() -> new IllegalArgumentException(
                        tableName + "." + column + " is no column of the kind " + word.word()));
        if (key.length != table.key().size()) {
            throw new IllegalArgumentException(
                    "the key of " + tableName + " has " + table.key().size() + " columns: " + Arrays.toString(key));
        }
        List<Row> rows = query(
                "select "
                        + String.join(
                                ", ",
                                table.key().stream()
                                        .map(k ->
                                                Sql.name(table.columns().get(k).name()))
                                        .toList())
                        + " from " + Sql.name(tableName) + " where " + keyMatches(table),
                key);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no row " + Arrays.toString(key) + " in " + tableName);
        }
        Value[] values = new Value[key.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.get(0).value(i);
        }
        return new Intentions.Cell(table, new Key(List.of(values)), place);
    }

    /** Says that this transaction takes another back, so that it is not taken back twice. */
    void undoes(long local) {
        intentions.undo(local);
    }

    /** What the transaction said about its changes; to be asked at its end. */
    Intentions intentions() {
        if (!said.isEmpty()) {
            forgetRolledBack();
            said.forEach(Runnable::run);
            said.clear();
            connection.execute(SAID + " = 0");
        }
        return intentions;
    }

    private void check(String sql) {
        if (over) {
            throw new IllegalStateException("the transaction is over: " + sql);
        }
        String first = sql.strip().toLowerCase(Locale.ROOT);
        int end = 0;
        while (end < first.length() && Character.isLetter(first.charAt(end))) {
            end++;
        }
        String word = first.substring(0, end);
        if (ENDS.contains(word) && !first.startsWith("rollback to")) {
            throw new IllegalArgumentException(
                    "write(…) begins and ends the transaction itself; leave out: " + sql + " (savepoints are welcome)");
        }
    }

    void close() {
        over = true;
    }
}
