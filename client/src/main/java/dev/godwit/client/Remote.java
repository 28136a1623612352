package dev.godwit.client;

import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteLog;
import dev.godwit.sql.SqliteOptions;
import java.util.List;

/**
 * The server that a database was set up for, kept in the database for programs that are given nothing but its path.
 *
 * @param server the server's address; empty if none was given
 * @param token the token; empty if none was given. Whoever can read the database can read it
 */
public record Remote(String server, String token) {

    /** What the database at this path remembers. It must have been opened with {@link Godwit#open} before. */
    public static Remote read(SqliteDriver driver, String path) {
        try (SqliteConnection connection = driver.open(SqliteOptions.of(path).reading())) {
            List<Value[]> rows = Sql.rows(connection, "select server, token from godwit_local");
            return new Remote(rows.get(0)[0].asText(), rows.get(0)[1].asText());
        }
    }

    /** Makes a database remember this. */
    public void write(SqliteDriver driver, String path) {
        try (SqliteConnection connection = driver.open(SqliteOptions.of(path))) {
            SqliteLog.settle(connection);
            Sql.run(connection, "update godwit_local set server = ?, token = ?", Value.of(server), Value.of(token));
        }
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return "Remote[" + server + (token.isEmpty() ? "" : ", with a token") + "]";
    }
}
