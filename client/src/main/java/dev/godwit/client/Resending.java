package dev.godwit.client;

import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;

/**
 * Transactions that a server had accepted and that are sent again, since it has lost its newest part (H5). Each is decided
 * anew; until then its rows are here as the server's. Its commits tell it from what is new in the outbox.
 */
final class Resending {
    private final SqliteConnection connection;

    Resending(SqliteConnection connection) {
        this.connection = connection;
    }

    /** Puts everything accepted and not yet safe back into the outbox. */
    void begin() {
        connection.execute("update godwit_entry set state = null, decided_wall = null where state = 'accepted'");
    }

    /** The local number of the last of them that is not decided; 0 if there is none. */
    long last() {
        return Sql.number(connection, "select coalesce(max(local), 0) from godwit_pending where commits is not null");
    }

    /** From now on those that are left are like any that is pending. */
    void giveUp() {
        connection.execute("update godwit_entry set commits = null where state is null");
    }
}
