package dev.godwit.client;

import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads where a device stands. */
final class StatusQuery {
    private StatusQuery() {}

    static Status run(ReadSession session) {
        SqliteConnection connection = session.connection();
        LocalState.Position position = session.state().position();
        Map<String, Long> checkpoints = new LinkedHashMap<>();
        Map<String, String> denied = new LinkedHashMap<>();
        for (LocalState.ScopeState scope : position.scopes()) {
            checkpoints.put(scope.scope(), scope.visible().commit());
            String reason = scope.denied();
            if (reason != null) {
                denied.put(scope.scope(), reason);
            }
        }
        return new Status(
                position.device(),
                count(connection, "godwit_pending"),
                count(connection, "godwit_entry where blocked is not null"),
                count(connection, "godwit_entry where state = 'parked'"),
                checkpoints,
                denied,
                lastAttempt(connection),
                skew(connection));
    }

    private static long count(SqliteConnection connection, String entries) {
        return Sql.number(connection, "select count(*) from " + entries);
    }

    private static OptionalLong skew(SqliteConnection connection) {
        return Sql.rows(
                        connection,
                        "select skew from godwit_attempt where skew is not null order by attempt desc limit 1")
                .stream()
                .mapToLong(row -> row[0].asLong())
                .findFirst();
    }

    private static Optional<Status.Attempt> lastAttempt(SqliteConnection connection) {
        return Sql.rows(
                        connection,
                        "select started, cause, outcome, message from godwit_attempt order by attempt desc limit 1")
                .stream()
                .map(r -> new Status.Attempt(r[0].asLong(), r[1].asText(), r[2].asText(), r[3].asText()))
                .findFirst();
    }
}
