package dev.godwit.client;

import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.util.HashSet;
import java.util.Set;

/**
 * Transactions that a server may have already, under another identity of this database: since it has lost its newest part (H5),
 * or since this database is an older copy of another (H2). They are sent again, and each is decided anew before any row is asked
 * for, since the rows may hold what they wrote. Their commits tell them from what is new in the outbox: those that the server
 * had said, of which everything is here as the server's, or none.
 */
final class Resending {
    private final LocalSession session;
    private final SqliteConnection connection;

    Resending(LocalSession session) {
        this.session = session;
        this.connection = session.connection();
    }

    /**
     * Sends everything again that is pending. If there is anything, or the server has said that it lost its newest part, so is
     * what was accepted and is not yet safe: scopes that are read anew are not compared with what was here, so nobody would
     * find out that a copy of this database had reached a restored server first.
     *
     * @param serverLost whether it has said so
     */
    void begin(boolean serverLost) {
        session.bases().complete();
        boolean accepted = serverLost || session.entries().anyPending();
        connection.execute("update godwit_entry set state = null, decided_wall = null, commits = coalesce(commits, '')"
                + " where state is null" + (accepted ? " or state = 'accepted'" : ""));
        if (accepted) {
            Grounds.name(session);
            session.state().position().scopes().forEach(scope -> session.state().restart(scope.scope()));
        }
    }

    /**
     * The local number of the last of them that is asked about before any row is; 0 if there is none, or the server cannot tell
     * of all.
     */
    long last() {
        return Sql.number(
                connection,
                "select coalesce(max(local), 0) from godwit_pending where commits is not null and blocked is null");
    }

    /** The local numbers of those that nobody may put on top of what is here, which may hold them. */
    Set<Long> held() {
        Set<Long> held = new HashSet<>();
        Sql.rows(
                        connection,
                        "select local from godwit_pending where commits <> ''"
                                + " or (commits is not null and blocked is not null)")
                .forEach(row -> held.add(row[0].asLong()));
        return held;
    }

    /** The server needs the device to have its rows first: until it has decided, those that are left are in no view. */
    void giveUp() {
        Sql.run(
                connection,
                "update godwit_entry set blocked = ? where state is null and commits is not null",
                Value.of("the server has lost its newest part, and has not said yet whether this was in it"));
    }
}
