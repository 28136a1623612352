package dev.godwit.client;

import dev.godwit.merge.Resolver;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the application's resolvers decide what waits in the conflict inbox and was written by this device: every other device
 * has the entry too, and only one should answer. Each decision is an ordinary transaction, which writes nothing if the row or
 * the entry has changed since the question. What a resolver fails at is left to a person, logged once, and not asked again
 * before the database is opened again.
 *
 * <p>Holds no lock while a resolver runs. Of threads that come at once, one works and the others go on.
 */
final class Resolutions {
    private static final Logger LOG = LoggerFactory.getLogger(Resolutions.class);

    private final Godwit godwit;
    private final Resolvers resolvers;
    private final BoundedCalls calls;
    private final AtomicBoolean running = new AtomicBoolean();
    private final Set<String> leftToPeople = new HashSet<>();

    Resolutions(Godwit godwit, GodwitOptions options) {
        this.godwit = godwit;
        this.resolvers = options.resolvers();
        this.calls = new BoundedCalls(
                "godwit-resolver", "resolverMillis", options.limits().resolverMillis(), resolvers.twice());
    }

    /** Decides what can be decided; returns whether anything was written. */
    boolean run() {
        if (resolvers.isEmpty() || !running.compareAndSet(false, true)) {
            return false;
        }
        try {
            return decideAll();
        } finally {
            running.set(false);
        }
    }

    private boolean decideAll() {
        boolean written = false;
        Map<String, List<Conflict>> ofRows = new LinkedHashMap<>();
        List<Conflict> waiting =
                godwit.inbox().waitingFor(godwit.status().device().toString());
        leftToPeople.retainAll(waiting.stream().map(Conflict::id).toList());
        for (Conflict conflict : waiting) {
            String column = conflict.column();
            Table table = godwit.schema().table(conflict.table()).orElse(null);
            if (column == null || table == null || leftToPeople.contains(conflict.id())) {
                continue;
            }
            Resolver resolver = resolvers.cells().get(Resolver.name(table.name(), column));
            if (resolver != null) {
                written |= attempt(List.of(conflict), () -> decideCell(table, column, conflict, resolver));
            } else if (resolvers.rows().containsKey(table.name().toLowerCase(Locale.ROOT))) {
                ofRows.computeIfAbsent(table.name() + " " + conflict.key(), row -> new ArrayList<>())
                        .add(conflict);
            }
        }
        for (List<Conflict> row : ofRows.values()) {
            Resolvers.OfRow<?> resolver =
                    resolvers.rows().get(row.get(0).table().toLowerCase(Locale.ROOT));
            if (resolver != null) {
                written |= attempt(row, () -> decideRow(row, resolver));
            }
        }
        return written;
    }

    private interface Decision {
        boolean decide() throws BoundedCalls.NoAnswer;
    }

    private boolean attempt(List<Conflict> conflicts, Decision decision) {
        try {
            return decision.decide();
        } catch (BoundedCalls.NoAnswer | GodwitException | SqliteException | IllegalArgumentException failure) {
            Conflict first = conflicts.get(0);
            LOG.warn(
                    "the resolver for {} of {}, row {}, has not decided; the entry of the inbox waits for a person",
                    first.column(),
                    first.table(),
                    first.key(),
                    failure);
            conflicts.forEach(c -> leftToPeople.add(c.id()));
            return false;
        }
    }

    private boolean decideCell(Table table, String column, Conflict conflict, Resolver resolver)
            throws BoundedCalls.NoAnswer {
        String name = Resolver.name(table.name(), column);
        Row row = find(godwit::query, table, conflict.key(), Sql.name(column));
        if (row == null || calls.hangs(name)) {
            return false;
        }
        Value now = row.value(0);
        Resolver.Clash clash = new Resolver.Clash(
                table.name(),
                conflict.key(),
                column,
                conflict.base(),
                now,
                conflict.mine(),
                conflict.other().subject(),
                conflict.loser().subject());
        Value answer = calls.ask(name, () -> resolver.resolve(clash));
        return write(table, row, Map.of(column, answer), List.of(conflict));
    }

    private <T extends Record> boolean decideRow(List<Conflict> all, Resolvers.OfRow<T> resolver)
            throws BoundedCalls.NoAnswer {
        Table table = godwit.schema().table(resolver.table()).orElseThrow();
        Records<T> records = godwit.records(resolver.type(), table.name());
        List<Conflict> conflicts =
                all.stream().filter(c -> records.place(c.column()) >= 0).toList();
        Key key = all.get(0).key();
        Row row = find(godwit::query, table, key, records.columnList());
        if (conflicts.isEmpty() || row == null || calls.hangs(table.name())) {
            return false;
        }
        List<Value> base = new ArrayList<>(row.values());
        List<Value> local = new ArrayList<>(row.values());
        Set<Integer> known = new HashSet<>();
        for (Conflict conflict : conflicts) {
            int place = records.place(conflict.column());
            local.set(place, conflict.mine());
            if (known.add(place)) {
                base.set(place, conflict.base());
            }
        }
        List<Value> answer = calls.ask(
                table.name(),
                () -> records.toValues(resolver.resolver()
                        .resolve(records.toRecord(base), records.toRecord(local), records.toRecord(row.values()))));
        Map<String, Value> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < answer.size(); i++) {
            changed.put(row.names().get(i), answer.get(i));
        }
        for (int place : table.key()) {
            String column = table.columns().get(place).name();
            if (records.place(column) >= 0 && !row.value(column).equals(answer.get(records.place(column)))) {
                throw new BoundedCalls.NoAnswer("its answer has another key");
            }
        }
        return write(table, row, changed, conflicts);
    }

    /** One transaction: the values that differ from what the row holds, and what became of the entries. */
    private boolean write(Table table, Row asked, Map<String, Value> answers, List<Conflict> conflicts) {
        Key key = conflicts.get(0).key();
        Commit commit = godwit.write(tx -> {
            Row now = find(tx::query, table, key, columnList(asked.names()));
            if (now == null || !now.values().equals(asked.values()) || !allWait(tx, conflicts)) {
                return;
            }
            answers.forEach((column, answer) -> {
                if (!answer.equals(asked.value(column))) {
                    tx.put(table, column, answer, key.values().toArray());
                }
            });
            for (Conflict conflict : conflicts) {
                Value before = asked.value(String.valueOf(conflict.column()));
                Value answer = answers.getOrDefault(String.valueOf(conflict.column()), before);
                Inbox.markDecided(
                        tx,
                        conflict,
                        answer.equals(conflict.mine()) ? "mine" : answer.equals(before) ? "theirs" : "other");
            }
        });
        return commit.id().isPresent();
    }

    private static boolean allWait(Tx tx, List<Conflict> conflicts) {
        return conflicts.stream()
                .allMatch(c -> !tx.query(
                                "select 1 from " + ConflictTable.NAME + " where id = ? and state = ?",
                                c.id(),
                                ConflictTable.UNDECIDED)
                        .isEmpty());
    }

    private static @Nullable Row find(Records.Reader reader, Table table, Key key, String columns) {
        return reader
                .query(
                        "select " + columns + " from " + Sql.name(table.name()) + " where " + Tx.keyMatches(table),
                        key.values().toArray())
                .stream()
                .findFirst()
                .orElse(null);
    }

    private static String columnList(List<String> names) {
        return String.join(", ", names.stream().map(Sql::name).toList());
    }
}
