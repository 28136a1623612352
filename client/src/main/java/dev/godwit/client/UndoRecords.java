package dev.godwit.client;

import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;

/**
 * The rows of {@code godwit_undo}: what it takes to take a transaction back, and which one has done it. They go with their entry.
 * Not safe for use by two threads.
 */
final class UndoRecords {
    private final CompiledStatements statements;

    UndoRecords(SqliteConnection connection) {
        this.statements = new CompiledStatements(connection);
    }

    /** Keeps the rows that a transaction deleted as they were. */
    void keepImages(long local, byte[] images) {
        SqliteStatement keep = statements.of("insert into godwit_undo (local, images) values (?, ?)");
        keep.bindLong(1, local);
        keep.bindBlob(2, images);
        run(keep);
    }

    /** Notes which transaction has taken one back. */
    void noteUndone(long local, long by) {
        SqliteStatement note = statements.of("insert into godwit_undo (local, images, undone_by) values (?, x'', ?)"
                + " on conflict do update set undone_by = excluded.undone_by");
        note.bindLong(1, local);
        note.bindLong(2, by);
        run(note);
    }

    private static void run(SqliteStatement statement) {
        try {
            statement.step();
        } finally {
            statement.reset();
        }
    }

    /** The rows that a transaction deleted, as encoded blocks; empty if it deleted none. */
    byte[] images(long local) {
        SqliteStatement find = statements.of("select images from godwit_undo where local = ?");
        find.bindLong(1, local);
        try {
            return find.step() ? find.columnBlob(0) : new byte[0];
        } finally {
            find.reset();
        }
    }
}
