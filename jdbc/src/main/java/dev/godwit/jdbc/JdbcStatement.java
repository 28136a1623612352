package dev.godwit.jdbc;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A prepared statement. The value of a column is fetched once, with its type, since JDBC has no cheap way to ask for it. */
final class JdbcStatement implements SqliteStatement {
    private final String sql;
    private final Compiler compiler;
    private final IdleStatements idle;
    private final int parameters;
    private PreparedStatement statement;
    private int columns = -1;
    private @Nullable ResultSet rows;
    private boolean onRow;
    private boolean closed;
    private boolean failed;
    private boolean givenUp;
    private int fetchedColumn = -1;
    private @Nullable Object fetched;

    /** Compiles SQL for the driver. */
    interface Compiler {
        PreparedStatement compile(String sql) throws SQLException;
    }

    /** Makes a statement that goes to {@code idle} when it is closed. */
    JdbcStatement(String sql, Compiler compiler, IdleStatements idle) throws SQLException {
        this.sql = sql;
        this.compiler = compiler;
        this.idle = idle;
        this.statement = compiler.compile(sql);
        this.parameters = statement.getParameterMetaData().getParameterCount();
    }

    private interface Call<T> {
        T run() throws SQLException;
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public void bindNull(int parameter) {
        try {
            live().setObject(parameter, null);
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public void bindLong(int parameter, long value) {
        try {
            live().setLong(parameter, value);
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public void bindDouble(int parameter, double value) {
        try {
            live().setDouble(parameter, value);
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public void bindText(int parameter, String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                checkPair(value, i++);
            }
        }
        try {
            live().setString(parameter, value);
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    private static void checkPair(String value, int at) {
        boolean pair = Character.isHighSurrogate(value.charAt(at))
                && at + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(at + 1));
        if (!pair) {
            throw new IllegalArgumentException(
                    "a text with half a character (an unpaired surrogate) at " + at + ": SQLite would keep '?'");
        }
    }

    @Override
    public void bindBlob(int parameter, byte[] value) {
        try {
            live().setBytes(parameter, value);
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public int parameterCount() {
        return parameters;
    }

    @Override
    public boolean step() {
        if (closed) {
            throw new SqliteException(SqliteCode.ERROR, "the statement is closed: " + sql, null);
        }
        try {
            fetchedColumn = -1;
            onRow = false;
            ResultSet open = rows;
            if (open == null) {
                if (!live().execute()) {
                    return false;
                }
                open = statement.getResultSet();
                rows = open;
            }
            onRow = open.next();
            return onRow;
        } catch (SQLException e) {
            failed = true;
            givenUp = isGivenUp();
            reset();
            throw JdbcErrors.translate(e);
        }
    }

    /**
     * The driver closes what it compiled where a statement fails with anything but a broken constraint or a lock, and does not say so:
     * {@code isClosed} is false. Who keeps statements could never run this one again.
     */
    private boolean isGivenUp() {
        try {
            return statement.getParameterMetaData().getParameterCount() != parameters;
        } catch (SQLException closed) {
            return true;
        }
    }

    private PreparedStatement live() throws SQLException {
        if (givenUp) {
            statement = compiler.compile(sql);
            givenUp = false;
        }
        return statement;
    }

    @Override
    public void reset() {
        ResultSet open = rows;
        rows = null;
        fetchedColumn = -1;
        fetched = null;
        onRow = false;
        if (open != null) {
            call(() -> {
                open.close();
                return true;
            });
        }
    }

    private ResultSet current() {
        ResultSet open = rows;
        if (open == null || !onRow) {
            throw new IllegalStateException("no current row: step() first");
        }
        return open;
    }

    @Override
    public int columnCount() {
        if (columns < 0) {
            columns = call(this::count);
        }
        return columns;
    }

    private int count() throws SQLException {
        try {
            return live().getMetaData().getColumnCount();
        } catch (SQLException failed) {
            if (statement.isClosed()) {
                throw failed;
            }
            return 0; // the driver throws where there is no column to ask for
        }
    }

    @Override
    public String columnName(int column) {
        return call(() -> live().getMetaData().getColumnLabel(column + 1));
    }

    private @Nullable Object fetch(int column) {
        if (fetchedColumn != column) {
            try {
                fetched = current().getObject(column + 1);
            } catch (SQLException e) {
                throw JdbcErrors.translate(e);
            }
            fetchedColumn = column;
        }
        return fetched;
    }

    @Override
    public Type columnType(int column) {
        Object value = fetch(column);
        if (value == null) {
            return Type.NULL;
        } else if (value instanceof String) {
            return Type.TEXT;
        } else if (value instanceof Double) {
            return Type.REAL;
        }
        return value instanceof byte[] ? Type.BLOB : Type.INTEGER;
    }

    @Override
    public long columnLong(int column) {
        return fetch(column) instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public double columnDouble(int column) {
        return fetch(column) instanceof Number number ? number.doubleValue() : 0;
    }

    @Override
    public String columnText(int column) {
        Object value = fetch(column);
        return value == null ? "" : value.toString();
    }

    @Override
    public byte[] columnBlob(int column) {
        return fetch(column) instanceof byte[] bytes ? bytes : new byte[0];
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        reset();
        closed = true;
        if (failed || !idle.give(sql, this)) {
            discard();
        }
    }

    /** It is somebody's again. */
    void reopen() {
        closed = false;
    }

    /** Lets go of what is bound; false if the driver has given the statement up, as it does when its connection is closed. */
    boolean clear() {
        try {
            statement.clearParameters();
            return true;
        } catch (SQLException givenUp) {
            return false;
        }
    }

    /** Ends it for good. */
    void discard() {
        call(() -> {
            statement.close();
            return true;
        });
    }
}
