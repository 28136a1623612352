package dev.godwit.scheduler;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;

/**
 * Keeps requests in transactions of the application, over one connection of its own, with statements that are compiled once: for
 * those who enqueue with every write. Belongs to whoever uses the connection; see {@link Scheduler#enqueue(SqliteConnection,
 * WorkRequest)}, which does the same for once.
 */
public final class Enqueuer implements AutoCloseable {
    private final WorkStore store;
    private final Statements statements;

    Enqueuer(WorkStore store, SqliteConnection connection) {
        this.store = store;
        this.statements = new Statements(connection);
    }

    /**
     * Keeps a request. If this throws, nothing of it is kept that anybody would see, and the transaction goes on as the caller
     * likes.
     */
    public Enqueued enqueue(WorkRequest request) {
        try {
            return store.over(statements).insert(request, store.moment());
        } catch (SqliteException e) {
            // a statement whose table was dropped may be of no use any more, even when the table is there again
            statements.close();
            throw e;
        }
    }

    /** Lets the statements go; not needed before the connection is closed. */
    @Override
    public void close() {
        statements.close();
    }
}
