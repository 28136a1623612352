package dev.godwit.client;

import dev.godwit.sql.SqliteConnection;

/** One connection that reads, and what works on it, which keeps its compiled statements. Belongs to one query at a time. */
record ReadSession(SqliteConnection connection, Entries entries, UndoRecords undos, LocalState state)
        implements AutoCloseable {

    ReadSession(SqliteConnection connection) {
        this(connection, new Entries(connection), new UndoRecords(connection), new LocalState(connection));
    }

    @Override
    public void close() {
        connection.close();
    }
}
