package dev.godwit.sql;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;

/** The write-ahead log of a database, as a file. */
public final class SqliteLog {
    private static final int PIECE = 64 * 1024;

    private SqliteLog() {}

    /**
     * Makes what SQLite reads from the log survive a power cut, before anything is built on it; call it on opening, on a
     * connection that can write.
     *
     * <p>The log may hold a transaction whose sync failed in a process that is gone: it can be read, but the kernel takes it for
     * written and will never write it. What is appended behind it would be lost with it, although each commit syncs the log. And
     * where it were copied into the database instead, a power cut would leave that newer than the log, whose older pages count.
     * So the log is written anew, byte for byte, and synced. The copy into the database that follows syncs the folder as well,
     * where the log may have got its name.
     *
     * <p>Nobody else appends meanwhile: the connection holds SQLite's write lock. An empty log, as after a clean end, costs nothing.
     *
     * @throws SqliteException if another process writes, or the disk does not take it
     */
    public static void settle(SqliteConnection connection) {
        String database = file(connection);
        File log = new File(database + "-wal");
        if (database.isEmpty() || log.length() == 0) {
            return;
        }
        connection.execute("begin immediate");
        try {
            writeAnew(log);
        } catch (IOException e) {
            throw new SqliteException(
                    SqliteCode.IOERR,
                    log + " holds transactions that cannot be written to the disk: " + e.getMessage(),
                    e);
        } finally {
            connection.execute("rollback");
        }
        connection.execute("pragma wal_checkpoint(passive)");
    }

    private static void writeAnew(File log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log, "rw")) {
            byte[] piece = new byte[PIECE];
            for (long at = 0; at < file.length(); at += PIECE) {
                int length = (int) Math.min(PIECE, file.length() - at);
                file.seek(at);
                file.readFully(piece, 0, length);
                file.seek(at);
                file.write(piece, 0, length);
            }
            file.getFD().sync();
        }
    }

    /** The path of the database; empty if it is in memory. */
    private static String file(SqliteConnection connection) {
        try (SqliteStatement list = connection.prepare("select file from pragma_database_list where name = 'main'")) {
            return list.step() ? list.columnText(0) : "";
        }
    }
}
