package dev.godwit.client;

import dev.godwit.model.Schema;
import dev.godwit.rows.Capture;
import dev.godwit.rows.Defaults;
import dev.godwit.rows.References;
import dev.godwit.rows.RowWrites;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import java.util.function.Supplier;

/** One connection that writes, and everything that works on it. Belongs to whoever holds the write lock. */
final class LocalSession implements AutoCloseable {
    private final SqliteConnection connection;
    private final Schema schema;
    private final Capture capture;
    private final RowWrites writes;
    private final References references;
    private final BaseImages bases;
    private final Entries entries;
    private final UndoRecords undos;
    private final RowChanges changes;
    private final LocalState state;
    private final ShownKeys shownKeys;
    /** Whether a transaction was begun, and neither committed nor taken back. */
    private boolean isOpen;

    LocalSession(SqliteConnection connection, Schema schema) {
        this.connection = connection;
        this.schema = schema;
        this.capture = new Capture(connection, schema);
        this.writes = new RowWrites(connection, schema);
        this.references = new References(connection, schema);
        this.entries = new Entries(connection);
        this.undos = new UndoRecords(connection);
        this.state = new LocalState(connection);
        this.shownKeys = new ShownKeys(connection);
        this.changes = new RowChanges(schema, new Defaults(connection));
        this.bases = new BaseImages(connection, schema, state, entries, changes);
    }

    SqliteConnection connection() {
        return connection;
    }

    Schema schema() {
        return schema;
    }

    Capture capture() {
        return capture;
    }

    RowWrites writes() {
        return writes;
    }

    References references() {
        return references;
    }

    BaseImages bases() {
        return bases;
    }

    Entries entries() {
        return entries;
    }

    UndoRecords undos() {
        return undos;
    }

    RowChanges changes() {
        return changes;
    }

    LocalState state() {
        return state;
    }

    ShownKeys shownKeys() {
        return shownKeys;
    }

    /** Runs an action in one write transaction; whatever it throws rolls back. */
    <T> T transaction(Supplier<T> action) {
        begin();
        try {
            T result = action.get();
            connection.execute("commit");
            isOpen = false;
            return result;
        } finally {
            if (isOpen) {
                writes.forget();
                endLeftOpen();
            }
        }
    }

    private void begin() {
        boolean wasOpen = isOpen;
        isOpen = true;
        try {
            connection.execute("begin immediate");
        } catch (SqliteException refused) {
            // within another one, perhaps, which its owner ends
            isOpen = wasOpen;
            throw refused;
        }
    }

    /**
     * Takes back what could not be taken back when it failed: a rollback takes some memory too, and where there was none,
     * SQLite's lock would be kept for good.
     */
    void endLeftOpen() {
        if (isOpen) {
            if (connection.inTransaction()) {
                connection.execute("rollback");
            }
            isOpen = false;
        }
    }

    /** The same, on a connection that is closed if it fails. */
    static <T> T transaction(SqliteConnection connection, Supplier<T> action) {
        connection.execute("begin immediate");
        boolean done = false;
        try {
            T result = action.get();
            connection.execute("commit");
            done = true;
            return result;
        } finally {
            if (!done && connection.inTransaction()) {
                connection.execute("rollback");
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
