package dev.godwit.client;

import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link BackgroundSyncable} over a synced table: an application with a store of its own gets what others have changed
 * since the last time, and gives what it has changed itself. The network is not its business: sync before and after, or
 * {@link Godwit#goLive}.
 *
 * <pre>{@code
 * ObjectSync<Task> tasks = new ObjectSync<>(godwit, Task.class, "task", myStore);
 * godwit.sync();
 * tasks.synchronize(myStore.changedTasks());   // calls myStore.synchronize(local, remote)
 * myStore.forgetWhatChanged();
 * godwit.sync();
 * }</pre>
 *
 * <p>What the application has seen is kept in the same file, in the table {@code godwit_seen_TABLE}: the rows once more, which
 * each call compares with the table. Outcome and memory are written in one transaction. If a row that the outcome writes was
 * changed by others while the application thought about it, nothing is written and the application is asked again.
 *
 * <p>One call at a time: others wait. A record with other components than last time sees every row anew.
 *
 * @param <T> the record; see {@link Records}
 */
public final class ObjectSync<T extends Record> {
    private static final int ATTEMPTS = 10;

    private final Godwit godwit;
    private final Records<T> records;
    private final BackgroundSyncable<T> application;
    private final String table;
    private final String seenName;
    private final String seen;
    private final List<String> columns;

    /**
     * Over a table.
     *
     * @throws IllegalArgumentException if there is no such synced table, or its key is not the record's first component alone
     */
    public ObjectSync(Godwit godwit, Class<T> type, String tableName, BackgroundSyncable<T> application) {
        this.godwit = godwit;
        this.application = application;
        this.records = godwit.records(type, tableName);
        Table found = godwit.schema()
                .table(tableName)
                .orElseThrow(() -> new IllegalArgumentException("no synced table " + tableName));
        if (found.key().size() != 1
                || records.place(found.columns().get(found.key().get(0)).name()) != 0) {
            throw new IllegalArgumentException(
                    "the key of " + found.name() + " is not the first component of " + type.getName() + " alone");
        }
        this.table = Sql.name(found.name());
        this.seenName = "godwit_seen_" + found.name();
        this.seen = Sql.name(seenName);
        this.columns = records.columnNames();
    }

    /**
     * What a call did.
     *
     * @param result the application's answer
     * @param resolved what it made of the conflicts, in their order
     * @param commit the transaction that was written
     */
    public record Exchange<T>(BackgroundSyncable.SyncResult<T> result, List<T> resolved, Commit commit) {}

    /** What others have changed and the application has not seen, by key; {@code gone} with the rows as it saw them. */
    private record Remote(Map<Value, List<Value>> changed, List<List<Value>> gone) {}

    /** A row was changed while the application thought about it; ends an attempt. */
    private static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Overtaken() {
            super("overtaken", null, false, false);
        }
    }

    /**
     * Lets both sides' changes meet. When this returns, what the application gave is durable and in the outbox, and may be
     * forgotten as changed.
     *
     * @param localChanges what the application has changed since the last call that returned
     * @throws IllegalArgumentException if the answer names a remote change that is none, or a resolved object has another key
     * @throws GodwitException of kind BUSY if others changed the rows in each of many attempts
     */
    public synchronized Exchange<T> synchronize(List<T> localChanges) {
        prepare();
        for (int i = 0; i < ATTEMPTS; i++) {
            Remote remote = remote();
            if (!remote.gone().isEmpty()) {
                application.removed(
                        remote.gone().stream().map(records::toRecord).toList());
            }
            BackgroundSyncable.SyncResult<T> result = application.synchronize(
                    List.copyOf(localChanges),
                    remote.changed().values().stream().map(records::toRecord).toList());
            Answer<T> answer = answer(result, remote);
            try {
                Commit commit = godwit.write(tx -> write(tx, remote, answer));
                return new Exchange<>(result, answer.resolved(), commit);
            } catch (Overtaken again) {
                // the next attempt sees what came
            }
        }
        throw new GodwitException(
                GodwitException.Kind.BUSY,
                "rows of " + table + " were changed by others in each of " + ATTEMPTS + " attempts; try again");
    }

    /** Deletes the rows of these keys, as the application has deleted its objects. */
    public synchronized Commit remove(List<?> keys) {
        prepare();
        return godwit.write(tx -> {
            for (Object key : keys) {
                tx.run("delete from " + table + " where " + columns.get(0) + " = ?", key);
                tx.run("delete from " + seen + " where " + columns.get(0) + " = ?", key);
            }
        });
    }

    /** What is written, what is remembered only, and what conflicts came to. */
    private record Answer<T>(List<List<Value>> sent, List<List<Value>> applied, List<T> resolved) {}

    private Answer<T> answer(BackgroundSyncable.SyncResult<T> result, Remote remote) {
        List<List<Value>> applied = new ArrayList<>();
        for (T object : result.applied()) {
            Value key = records.toValues(object).get(0);
            List<Value> row = remote.changed().get(key);
            if (row == null) {
                throw new IllegalArgumentException("applied holds " + key + ", which is no remote change");
            }
            applied.add(row);
        }
        List<List<Value>> sent =
                new ArrayList<>(result.toSend().stream().map(records::toValues).toList());
        List<T> resolved = new ArrayList<>();
        for (BackgroundSyncable.Collision<T> collision : result.conflicts()) {
            T decided = application.resolveConflicts(collision.local(), collision.remote());
            List<Value> row = records.toValues(decided);
            Value key = records.toValues(collision.remote()).get(0);
            if (!row.get(0).equals(key)) {
                throw new IllegalArgumentException("the conflict about " + key + " was resolved to " + row.get(0));
            }
            sent.add(row);
            resolved.add(decided);
        }
        return new Answer<>(sent, applied, resolved);
    }

    private void write(Tx tx, Remote before, Answer<T> answer) {
        for (List<Value> row : answer.sent()) {
            checkNotOvertaken(tx, before, row.get(0));
            put(tx, row);
            List<Value> stored = row(tx, table, row.get(0));
            remember(tx, stored == null ? row : stored);
        }
        answer.applied().forEach(row -> {
            if (answer.sent().stream().noneMatch(sent -> sent.get(0).equals(row.get(0)))) {
                remember(tx, row);
            }
        });
        before.gone().forEach(row -> {
            if (answer.sent().stream().noneMatch(sent -> sent.get(0).equals(row.get(0)))) {
                tx.run("delete from " + seen + " where " + columns.get(0) + " is ?", row.get(0));
            }
        });
    }

    /** The row is what the application was told, or what it knew. */
    private void checkNotOvertaken(Tx tx, Remote before, Value key) {
        List<Value> told = before.changed().get(key);
        List<Value> known = told != null ? told : row(tx, seen, key);
        List<Value> now = row(tx, table, key);
        boolean wasGone = before.gone().stream().anyMatch(row -> row.get(0).equals(key));
        if (now == null ? told != null || (known != null && !wasGone) : !now.equals(known)) {
            throw new Overtaken();
        }
    }

    private @Nullable List<Value> row(Tx tx, String from, Value key) {
        return tx.query("select " + all("") + " from " + from + " where " + columns.get(0) + " = ?", key).stream()
                .map(Row::values)
                .findFirst()
                .orElse(null);
    }

    private void put(Tx tx, List<Value> row) {
        List<Object> parameters = new ArrayList<>(row.subList(1, row.size()));
        parameters.add(row.get(0));
        long found = columns.size() == 1
                ? tx.query("select 1 from " + table + " where " + columns.get(0) + " = ?", row.get(0))
                        .size()
                : tx.run(
                        "update " + table + " set "
                                + columns.stream().skip(1).map(c -> c + " = ?").collect(Collectors.joining(", "))
                                + " where " + columns.get(0) + " = ?",
                        parameters.toArray());
        if (found == 0) {
            insert(tx, table, row);
        }
    }

    private void remember(Tx tx, List<Value> row) {
        tx.run("delete from " + seen + " where " + columns.get(0) + " is ?", row.get(0));
        insert(tx, seen, row);
    }

    private void insert(Tx tx, String into, List<Value> row) {
        tx.run(
                "insert into " + into + " (" + all("") + ") values (" + "?, ".repeat(row.size() - 1) + "?)",
                row.toArray());
    }

    /** The table of what the application has seen; made anew if the record has changed. */
    private void prepare() {
        List<String> there = godwit.query("select name from pragma_table_info(?)", seenName).stream()
                .map(row -> Sql.name(row.value(0).asText()))
                .toList();
        if (!there.equals(columns)) {
            godwit.write(tx -> {
                tx.run("drop table if exists " + seen);
                // no types: what is kept is what was given, to the last bit
                tx.run("create table " + seen + " (" + all("") + ", primary key (" + columns.get(0) + "))");
            });
        }
    }

    private Remote remote() {
        String differs = columns.stream()
                .map(c -> "t." + c + " collate binary is not s." + c + " or typeof(t." + c + ") <> typeof(s." + c + ")")
                .collect(Collectors.joining(" or "));
        String key = columns.get(0);
        // one statement, so that both parts are of one state
        List<Row> rows = godwit.query("select 0 as gone, " + all("t.") + " from " + table + " t left join " + seen
                + " s on s." + key + " = (+t." + key + " collate binary) where " + differs + " union all select 1, "
                + all("s.") + " from " + seen + " s where not exists (select 1 from " + table + " t where t." + key
                + " = s." + key + ") order by 1, 2");
        Map<Value, List<Value>> changed = new LinkedHashMap<>();
        List<List<Value>> gone = new ArrayList<>();
        for (Row row : rows) {
            List<Value> values = row.values().subList(1, row.values().size());
            if (row.integer("gone") == 0) {
                changed.put(values.get(0), values);
            } else {
                gone.add(values);
            }
        }
        return new Remote(changed, gone);
    }

    private String all(String prefix) {
        return columns.stream().map(c -> prefix + c).collect(Collectors.joining(", "));
    }
}
