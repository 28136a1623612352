package dev.godwit.client;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Cursor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The device's own row and its scopes: {@code godwit_local} and {@code godwit_scope}. Not safe for use by two threads. */
final class LocalState {
    private final CompiledStatements statements;

    LocalState(SqliteConnection connection) {
        this.statements = new CompiledStatements(connection);
    }

    /** What one scope is at; {@code denied} says why the token does not grant it, or is null. */
    record ScopeState(
            String scope,
            Checkpoint visible,
            Cursor cursor,
            boolean replacing,
            @Nullable String denied) {

        /** Whether it shows this checkpoint, and nothing beyond it has been asked for. */
        boolean isAt(@Nullable Checkpoint checkpoint) {
            return visible.equals(checkpoint)
                    && cursor.at().equals(checkpoint)
                    && cursor.position().equals(Bytes.EMPTY)
                    && !replacing
                    && denied == null;
        }
    }

    /**
     * What a request is made from. An answer is used only if this is still so when it is applied (H8).
     *
     * @param confirmed every receipt up to this place is recorded
     */
    record Position(DeviceId device, long confirmed, List<ScopeState> scopes) {

        /** The scopes that are synced now. */
        List<ScopeState> granted() {
            return scopes.stream().filter(s -> s.denied() == null).toList();
        }

        @Nullable
        ScopeState scope(String name) {
            return scopes.stream()
                    .filter(s -> s.scope().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        boolean holds(String scope) {
            ScopeState state = scope(scope);
            return state != null && state.denied() == null;
        }
    }

    Position position() {
        SqliteStatement local = statement("select device, confirmed from godwit_local");
        local.step();
        DeviceId device = new DeviceId(UUID.fromString(local.columnText(0)));
        long confirmed = local.columnLong(1);
        local.reset();
        return new Position(device, confirmed, scopes());
    }

    private List<ScopeState> scopes() {
        List<ScopeState> scopes = new ArrayList<>();
        SqliteStatement select = statement("select scope, timeline, commit_number, cursor_timeline, cursor_commit,"
                + " cursor_position, replacing, denied from godwit_scope order by scope");
        while (select.step()) {
            Checkpoint visible = new Checkpoint(UUID.fromString(select.columnText(1)), select.columnLong(2));
            Checkpoint at = new Checkpoint(UUID.fromString(select.columnText(3)), select.columnLong(4));
            scopes.add(new ScopeState(
                    select.columnText(0),
                    visible,
                    new Cursor(at, Bytes.of(select.columnBlob(5))),
                    select.columnLong(6) != 0,
                    select.columnType(7) == SqliteStatement.Type.NULL ? null : select.columnText(7)));
        }
        select.reset();
        return scopes;
    }

    /** The visible checkpoint of each scope: the base of a transaction that is sealed now. */
    Map<String, Checkpoint> checkpoints() {
        Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
        SqliteStatement select =
                statement("select scope, timeline, commit_number from godwit_scope where denied is null");
        while (select.step()) {
            checkpoints.put(
                    select.columnText(0), new Checkpoint(UUID.fromString(select.columnText(1)), select.columnLong(2)));
        }
        select.reset();
        return checkpoints;
    }

    /**
     * The local number and the place that the next entry gets; nobody has had either before.
     *
     * @param rekeyed whether rows are shown under keys that they do not have any more: see {@link ShownKeys}
     */
    record Numbers(long local, long sequence, boolean rekeyed) {}

    /** Both are taken by appending an entry; until then the same are given again. */
    Numbers next() {
        SqliteStatement next =
                statement("select max(last_local, coalesce((select max(local) from godwit_entry), 0)) + 1,"
                        + " max(last_sequence, coalesce((select sequence from godwit_pending order by local desc limit 1), 0)) + 1,"
                        + " exists (select 1 from godwit_shown) from godwit_local");
        try {
            next.step();
            return new Numbers(next.columnLong(0), next.columnLong(1), next.columnLong(2) != 0);
        } finally {
            next.reset();
        }
    }

    /** Entries whose inserts have their base images; see {@link BaseImages}. */
    long basedLocal() {
        SqliteStatement based = statement("select based_local from godwit_local");
        try {
            based.step();
            return based.columnLong(0);
        } finally {
            based.reset();
        }
    }

    void setBasedLocal(long local) {
        run("update godwit_local set based_local = ?", Value.of(local));
    }

    void setConfirmed(long sequence) {
        run(
                "update godwit_local set confirmed = ?, last_sequence = max(last_sequence, ?)",
                Value.of(sequence),
                Value.of(sequence));
    }

    void setDevice(DeviceId device, long lastSequence) {
        run(
                "update godwit_local set device = ?, last_sequence = ?, confirmed = 0",
                Value.of(device.toString()),
                Value.of(lastSequence));
    }

    void addScope(String scope) {
        String none = Checkpoint.NONE.timeline().toString();
        run(
                "insert or ignore into godwit_scope (scope, timeline, commit_number, cursor_timeline, cursor_commit,"
                        + " cursor_position) values (?, ?, 0, ?, 0, x'')",
                Value.of(scope),
                Value.of(none),
                Value.of(none));
    }

    void removeScope(String scope) {
        run("delete from godwit_scope where scope = ?", Value.of(scope));
    }

    void setCursor(String scope, Cursor cursor) {
        run(
                "update godwit_scope set cursor_timeline = ?, cursor_commit = ?, cursor_position = ? where scope = ?",
                Value.of(cursor.at().timeline().toString()),
                Value.of(cursor.at().commit()),
                Value.of(cursor.position().value()),
                Value.of(scope));
    }

    /** Makes a checkpoint visible; the cursor goes along. */
    void setCheckpoint(String scope, Checkpoint checkpoint) {
        run(
                "update godwit_scope set timeline = ?, commit_number = ?, replacing = 0 where scope = ?",
                Value.of(checkpoint.timeline().toString()),
                Value.of(checkpoint.commit()),
                Value.of(scope));
        setCursor(scope, new Cursor(checkpoint, Bytes.of(new byte[0])));
    }

    /** Asks for a scope from zero; its rows stay until the next cut replaces them. */
    void restart(String scope) {
        setCheckpoint(scope, Checkpoint.NONE);
        run("update godwit_scope set replacing = 1 where scope = ?", Value.of(scope));
    }

    /** Whether the rows that are shown are about to be read from zero. */
    boolean isCatchingUp() {
        return scopes().stream().anyMatch(scope -> scope.replacing() && scope.denied() == null);
    }

    /** Whether pages are staged, or columns are to be read from zero. */
    boolean isBetweenCuts() {
        SqliteStatement any =
                statement("select exists (select 1 from godwit_stage) or exists (select 1 from godwit_fresh)");
        try {
            return any.step() && any.columnLong(0) != 0;
        } finally {
            any.reset();
        }
    }

    /** Forgets staged pages and goes back to the visible checkpoints, or to zero where columns are new here (H7c). */
    void dropStage() {
        run("delete from godwit_stage");
        run("update godwit_scope set cursor_timeline = timeline, cursor_commit = commit_number, cursor_position = x''");
        run(
                "update godwit_scope set cursor_timeline = ?, cursor_commit = 0"
                        + " where exists (select 1 from godwit_fresh)",
                Value.of(Checkpoint.NONE.timeline().toString()));
    }

    void setDenied(String scope, @Nullable String reason) {
        run(
                "update godwit_scope set denied = ? where scope = ?",
                reason == null ? Value.NULL : Value.of(reason),
                Value.of(scope));
    }

    private void run(String sql, Value... parameters) {
        SqliteStatement run = statement(sql);
        Sql.bindAll(run, 1, List.of(parameters));
        try {
            run.step();
        } finally {
            run.reset();
        }
    }

    private SqliteStatement statement(String sql) {
        return statements.of(sql);
    }
}
