package dev.godwit.client;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteException;

/** Says what is wrong with a file that cannot be opened, and what to do. */
final class OpenFailure {
    private OpenFailure() {}

    static GodwitException of(String path, SqliteException e) {
        String mend = switch (e.code()) {
            case NOTADB -> "is not a SQLite database: give another file, or remove this one";
            case CANTOPEN -> "cannot be opened: its folder must exist and be writable";
            case READONLY -> "is read-only: Godwit keeps its outbox in it and must write";
            case CORRUPT -> "is damaged: copy it away, then run `pragma integrity_check` on the copy";
            case BUSY -> "is locked by another process: try again when that is done";
            case FULL -> "cannot grow: the disk is full";
            default -> "cannot be used";
        };
        return new GodwitException(
                e.code() == SqliteCode.BUSY ? GodwitException.Kind.BUSY : GodwitException.Kind.DATABASE,
                path + " " + mend + " (SQLite: " + e.getMessage() + ")",
                e);
    }
}
