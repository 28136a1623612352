package dev.godwit.bench;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Looks at a database file from outside: what its rows are, and how much room they take. */
final class Contents {
    private Contents() {}

    /** How many work orders there are, and a digest of all of them by key: equal for equal rows. */
    static String of(Path file) {
        return of(file, "work_order");
    }

    /** The same of another table, whose key is {@code id}. */
    static String of(Path file, String table) {
        try (SqliteConnection connection = open(file);
                SqliteStatement rows = connection.prepare("select * from " + table + " order by id")) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long count = 0;
            while (rows.step()) {
                for (Value value : Sql.values(rows, 0, rows.columnCount())) {
                    digest.update(value.toString().getBytes(StandardCharsets.UTF_8));
                    digest.update((byte) 0);
                }
                count++;
            }
            return count + " rows " + HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-256", missing);
        }
    }

    /** The size of the database without free pages. */
    static long compactSize(Path file) throws IOException {
        Path compact = file.resolveSibling(file.getFileName() + ".compact");
        try (SqliteConnection connection = open(file)) {
            connection.execute("vacuum into " + Sql.literal(compact.toString()));
        }
        long size = Files.size(compact);
        Files.delete(compact);
        return size;
    }

    /** The bytes of the pages that a table or an index takes. */
    static long bytes(SqliteConnection connection, String name) {
        return Sql.number(connection, "select coalesce(sum(pgsize), 0) from dbstat where name = ?", Value.of(name));
    }

    /** How durable a commit is: the journal's mode and how often it is synced. */
    static String durability(SqliteConnection connection) {
        return "journal_mode "
                + Sql.rows(connection, "pragma journal_mode").get(0)[0].asText() + ", synchronous "
                + Sql.number(connection, "pragma synchronous");
    }

    static SqliteConnection open(Path file) {
        return new JdbcSqlite().open(SqliteOptions.of(file.toString()));
    }
}
