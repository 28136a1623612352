package dev.godwit.client;

import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;

/**
 * The rows of {@code godwit_undo}: what it takes to take a transaction back, and which one has done it. They go with their entry.
 * Not safe for use by two threads.
 */
final class UndoRecords {
    private final SqliteConnection connection;

    UndoRecords(SqliteConnection connection) {
        this.connection = connection;
    }

    /** Keeps the rows that a transaction deleted as they were. */
    void keepImages(long local, byte[] images) {
        Sql.run(connection, "insert into godwit_undo (local, images) values (?, ?)", Value.of(local), Value.of(images));
    }

    /** Keeps them otherwise: the server has given rows other keys. */
    void rewriteImages(long local, byte[] images) {
        Sql.run(connection, "update godwit_undo set images = ? where local = ?", Value.of(images), Value.of(local));
    }

    /** Notes which transaction has taken one back. */
    void noteUndone(long local, long by) {
        Sql.run(
                connection,
                "insert into godwit_undo (local, images, undone_by) values (?, x'', ?)"
                        + " on conflict do update set undone_by = excluded.undone_by",
                Value.of(local),
                Value.of(by));
    }

    /** The rows that a transaction deleted, as encoded blocks; empty if it deleted none. */
    byte[] images(long local) {
        try (SqliteStatement find = connection.prepare("select images from godwit_undo where local = ?")) {
            find.bindLong(1, local);
            return find.step() ? find.columnBlob(0) : new byte[0];
        }
    }
}
