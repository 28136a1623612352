package dev.godwit.sql;

import java.util.Objects;

/**
 * How to open a database. The driver sets these pragmas, and always {@code recursive_triggers} on, a cache of 32 MB and
 * the WAL journal (except in memory and for readers).
 *
 * @param path the file, or {@code :memory:}
 * @param readOnly whether writes are refused
 * @param foreignKeys whether REFERENCES are enforced; can only be chosen here, since the pragma is ignored inside a
 *     transaction
 * @param durability what survives a power cut
 * @param busyMillis how long to wait for another writer
 */
public record SqliteOptions(String path, boolean readOnly, boolean foreignKeys, Durability durability, int busyMillis) {

    /** SQLite's {@code synchronous}. */
    public enum Durability {
        /** Every commit survives a power cut. */
        FULL,
        /** A commit survives a crash of the process; the last ones may be lost in a power cut. */
        NORMAL
    }

    /** Checks the components. */
    public SqliteOptions {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(durability, "durability");
        if (busyMillis < 0) {
            throw new IllegalArgumentException("busyMillis < 0: " + busyMillis);
        }
    }

    /** A writer with foreign keys on, full durability and 10 s of patience. */
    public static SqliteOptions of(String path) {
        return new SqliteOptions(path, false, true, Durability.FULL, 10_000);
    }

    /** The same, for reading only. */
    public SqliteOptions reading() {
        return new SqliteOptions(path, true, foreignKeys, durability, busyMillis);
    }

    /** The same, with foreign keys enforced or not. */
    public SqliteOptions withForeignKeys(boolean enforced) {
        return new SqliteOptions(path, readOnly, enforced, durability, busyMillis);
    }

    /** The same, with this durability. */
    public SqliteOptions withDurability(Durability chosen) {
        return new SqliteOptions(path, readOnly, foreignKeys, chosen, busyMillis);
    }
}
