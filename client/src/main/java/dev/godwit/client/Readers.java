package dev.godwit.client;

import dev.godwit.sql.SqliteConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Connections that only read. They never wait for a writer or a sync: WAL gives each query the last committed state. One
 * per concurrent query is open, a few are kept. Safe for use by many threads.
 */
final class Readers implements AutoCloseable {
    private static final int KEPT = 4;

    private final OpenedFile file;
    private final Supplier<SqliteConnection> open;
    private final Deque<SqliteConnection> idle = new ArrayDeque<>();
    private boolean closed;

    Readers(OpenedFile file, Supplier<SqliteConnection> open) {
        this.file = file;
        this.open = open;
    }

    <T> T read(Function<SqliteConnection, T> query) {
        return file.using(() -> readOnOne(query));
    }

    private <T> T readOnOne(Function<SqliteConnection, T> query) {
        SqliteConnection connection = take();
        try {
            return query.apply(connection);
        } finally {
            giveBack(connection);
        }
    }

    private SqliteConnection take() {
        synchronized (idle) {
            if (closed) {
                throw new GodwitException(GodwitException.Kind.CLOSED, "the database is closed");
            }
            SqliteConnection connection = idle.pollFirst();
            if (connection != null) {
                return connection;
            }
        }
        return open.get();
    }

    private void giveBack(SqliteConnection connection) {
        synchronized (idle) {
            if (!closed && idle.size() < KEPT) {
                idle.addFirst(connection);
                return;
            }
        }
        connection.close();
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
        }
        for (SqliteConnection connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            connection.close();
        }
    }
}
