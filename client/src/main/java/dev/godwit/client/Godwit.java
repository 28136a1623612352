package dev.godwit.client;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Schema;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A local SQLite database that syncs. The application writes plain SQL in {@link #write}; every committed transaction is
 * captured, kept until the server has decided about it, and merged there by the rules of the schema.
 *
 * <p>What a query reads is always one checkpoint of the server plus this device's own pending transactions. Nothing here
 * waits for the network but {@link #sync}.
 *
 * <p>Safe for use by many threads, and the file by several processes at once.
 */
public final class Godwit implements AutoCloseable {
    private final GodwitOptions options;
    private final Schema schema;
    private final WriteLock lock;
    private final LocalSession writer;
    private final LocalSession applier;
    private final Sealer sealer;
    private final WriteStatements statements;
    private final CutApplier cuts;
    private final Readers readers;
    private final LiveQueries live;
    private final OpenedFile file;
    private final Confirmations confirmations;
    private final Syncing syncing;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Godwit(GodwitOptions options, Schema schema, SqliteConnection writing, SqliteConnection applying) {
        this.options = options;
        this.schema = schema;
        this.writer = new LocalSession(writing, schema);
        this.statements = new WriteStatements(writing);
        this.applier = new LocalSession(applying, schema);
        this.lock = new WriteLock(writer, applier);
        this.sealer = new Sealer(writer, options.device(), options.limits());
        Sealer leftovers = new Sealer(applier, options.device(), options.limits());
        this.cuts = new CutApplier(applier, leftovers, options.device(), options.limits());
        this.file = new OpenedFile(options.path());
        this.readers = new Readers(
                file,
                () -> new ReadSession(options.driver()
                        .open(SqliteOptions.of(options.path())
                                .withDurability(options.durability())
                                .reading())));
        this.live = new LiveQueries(query -> readers.read(r ->
                Queries.run(r.connection(), query.sql(), query.parameters()).rows()));
        this.confirmations = new Confirmations(options.limits().receiptsKept(), live::later);
        Transport transport = options.transport();
        SyncLoop loop = transport == null
                ? null
                : new SyncLoop(
                        applier,
                        new SyncRound(applier, leftovers, cuts, transport, options, lock),
                        options,
                        lock,
                        this::applied);
        this.syncing = new Syncing(options, file, loop, new Resolutions(this, options));
    }

    /**
     * Opens a local database: creates it, takes over a database that has tables and rows, or upgrades it to a schema that
     * has grown.
     *
     * @throws GodwitException if the file is no database, or the schema does not fit it
     */
    public static Godwit open(GodwitOptions options) {
        SqliteOptions file = SqliteOptions.of(options.path()).withDurability(options.durability());
        SqliteConnection applying = null;
        SqliteConnection writing = null;
        try {
            applying = options.driver().open(file.withForeignKeys(false));
            Schema schema = new Installation(applying, options).run();
            options.resolvers().check(schema);
            writing = options.driver().open(file);
            Godwit godwit = new Godwit(options, schema, writing, applying);
            applying = null;
            writing = null;
            return godwit;
        } catch (SqliteException e) {
            throw OpenFailure.of(options.path(), e);
        } finally {
            if (applying != null) {
                applying.close();
            }
            if (writing != null) {
                writing.close();
            }
        }
    }

    /** The schema in force. */
    public Schema schema() {
        return schema;
    }

    /**
     * Runs a local transaction. When this returns, its data and its place in the outbox are durable together; whatever the
     * work throws rolls both back. One writer at a time; others wait.
     *
     * @throws GodwitException if the transaction breaks a limit or a rule of the schema, or the file is damaged or gone
     * @throws SqliteException if SQLite refuses a statement
     */
    public Commit write(Consumer<Tx> work) {
        checkOpen();
        return commit(() -> {
            Tx tx = new Tx(writer.connection(), schema, statements);
            try {
                work.accept(tx);
            } finally {
                tx.close();
            }
            return Optional.ofNullable(sealer.seal(true, tx.intentions()));
        });
    }

    private Commit commit(Supplier<Optional<Sealer.Sealed>> work) {
        CompletableFuture<Outcome> confirmed = new CompletableFuture<>();
        BackgroundSync background = syncing.background();
        Schedule schedule = new Schedule(background);
        Optional<Sealer.Sealed> sealed = lock.hold(() -> {
            file.check();
            Optional<Sealer.Sealed> one = file.using(() -> writer.transaction(() -> {
                boolean isForeign = sealer.seal(false) != null;
                Optional<Sealer.Sealed> own = work.get();
                schedule.enqueue(writer.connection(), isForeign || own.isPresent());
                return own;
            }));
            // before the lock is let go: a sync may decide about it at once
            one.ifPresent(s -> confirmations.await(s.id(), confirmed));
            return one;
        });
        Set<String> tables = localTables();
        sealed.ifPresent(s -> s.tables().forEach(t -> tables.add(t.name())));
        live.changed(tables);
        if (!schedule.committed() && sealed.isPresent()) {
            syncing.written();
        }
        return new Commit(sealed.map(Sealer.Sealed::id), confirmed);
    }

    /** Tables that are not synced: their changes are not captured, so every write may have changed them. */
    private Set<String> localTables() {
        Set<String> tables = new HashSet<>();
        if (live.isWatched()) {
            readers.read(r -> Sql.rows(r.connection(), "select name from sqlite_master where type = 'table'")).stream()
                    .map(row -> row[0].asText())
                    .filter(name -> schema.table(name).isEmpty())
                    .forEach(tables::add);
        }
        return tables;
    }

    /** Runs a query on the last committed state; never waits for a writer or a sync. */
    public List<Row> query(String sql, @Nullable Object... parameters) {
        checkOpen();
        return readers.read(
                session -> Queries.run(session.connection(), sql, parameters).rows());
    }

    /** A query that is asked again when a table it reads has changed. */
    public LiveQuery live(String sql, @Nullable Object... parameters) {
        checkOpen();
        return new LiveQuery(live, sql, parameters, readers.read(r -> LiveQuery.tablesOf(r.connection(), sql)));
    }

    /** The rows of a table as records, for reading; within {@link #write} use {@link Tx#records}. */
    public <T extends Record> Records<T> records(Class<T> type, String table) {
        return new Records<>(type, table, this::query, (sql, parameters) -> {
            throw new IllegalStateException("write through write(tx -> tx.records(…)): " + sql);
        });
    }

    /**
     * Syncs now: sends what is pending and takes what is new. Never throws for what the network or the server does. What the
     * application's resolvers decide about what came is sent too.
     *
     * @throws GodwitException if the local file is damaged, or another process has been syncing it for too long
     */
    public SyncResult sync() {
        return sync(BackgroundSync.MANUAL);
    }

    SyncResult sync(String cause) {
        checkOpen();
        return syncing.run(cause);
    }

    /** Keeps the database in sync until the returned handle is closed; see {@link LiveSync}. */
    public LiveSync goLive(Consumer<SyncResult> listener) {
        syncing.loop();
        Transport transport = Objects.requireNonNull(options.transport());
        LiveSync started = LiveSync.start(this, transport, options, listener);
        syncing.add(started);
        return started;
    }

    /**
     * Lets a scheduler keep the outbox going: from now on the sync of each write is enqueued in the write's own transaction. See
     * {@link BackgroundSync}.
     *
     * @param scheduler that keeps its work in this database's own file
     * @throws IllegalArgumentException if it keeps its work elsewhere
     * @throws IllegalStateException without a transport, or if there is one already
     */
    public BackgroundSync background(Scheduler scheduler, BackgroundOptions chosen) {
        return BackgroundSync.start(parts(), scheduler, chosen);
    }

    BackgroundSync.Parts parts() {
        checkOpen();
        return new BackgroundSync.Parts(this, syncing, options, lock);
    }

    private void applied(CutApplier.Effect effect) {
        live.changed(effect.tables());
        effect.decided().forEach(confirmations::confirm);
    }

    /** Where this device stands. */
    public Status status() {
        checkOpen();
        return readers.read(StatusQuery::run);
    }

    /** What the server has not accepted, oldest first: waiting, blocked and parked transactions. */
    public List<OutboxEntry> outbox() {
        return query(
                        "select id, status, rows, tables, attempts, coalesce(reason, '') as reason, since from godwit_outbox"
                                + " order by local")
                .stream()
                .map(r -> new OutboxEntry(
                        TransactionId.parse(r.value("id").asText()),
                        r.value("status").asText(),
                        (int) r.integer("rows"),
                        r.value("tables").asText(),
                        (int) r.integer("attempts"),
                        r.value("reason").asText(),
                        r.integer("since")))
                .toList();
    }

    /** The changes of a transaction in the outbox, for people. */
    public List<String> describe(TransactionId id) {
        checkOpen();
        return new Description(schema).of(entry(id));
    }

    /** Writes that lost a merge, and those that wait for a person to decide. */
    public Inbox inbox() {
        return new Inbox(this, schema);
    }

    /** The transactions of this device that are still remembered. */
    public Transactions transactions() {
        return new Transactions(this, schema);
    }

    /**
     * Why a row, or one value of it, is what it is here, as sentences for people.
     *
     * @param column one column, or null for the whole row
     * @param key a value per key column
     * @throws GodwitException if there is no such table or column
     */
    public List<String> explain(String table, @Nullable String column, Object... key) {
        Key wanted = new Key(Arrays.stream(key).map(Queries::value).toList());
        List<Conflict> conflicts =
                schema.table(table).map(t -> inbox().about(t, wanted)).orElse(List.of());
        SqliteOptions file = SqliteOptions.of(options.path()).reading();
        try (LocalSession session = new LocalSession(options.driver().open(file), schema)) {
            return new Explanation(session, schema, conflicts).of(table, wanted, column);
        }
    }

    Entry entry(TransactionId id) {
        return readers.read(session -> {
            Entry entry = session.entries().find(id);
            if (entry == null) {
                throw unknown(id);
            }
            return entry;
        });
    }

    byte[] images(long local) {
        return readers.read(session -> session.undos().images(local));
    }

    /** Writes a parked transaction again, as a new one with a new id; see {@link #retry(TransactionId, UnaryOperator)}. */
    public Commit retry(TransactionId id) {
        return retry(id, UnaryOperator.identity());
    }

    /**
     * Writes a parked transaction again after a repair, as a new one with a new id. The parked one is gone if this returns,
     * and kept if it throws. Transactions that were parked because they build on it are written again behind it, in their
     * order and with the keys that the repair gave; one that builds on another parked one as well follows that.
     *
     * @param repair gets each row that the transaction writes, by column name, and gives back what shall be written
     * @throws SqliteException if the rows do not fit the local database: repair them or the rows they clash with
     * @throws GodwitException if there is no such parked transaction, or a row that it changes is gone
     */
    public Commit retry(TransactionId id, UnaryOperator<Map<String, Value>> repair) {
        checkOpen();
        return commit(() -> Optional.ofNullable(new Repair(writer, sealer).retry(id, repair)));
    }

    /**
     * Forgets a transaction that the server has not accepted: a parked one, or a pending one that was never sent. The
     * rows go back to what they are without it. Pending transactions that build on it are parked.
     *
     * @throws GodwitException if there is no such transaction, or it was sent and its outcome is not known yet
     */
    public void discard(TransactionId id) {
        checkOpen();
        CutApplier.Effect effect = lock.hold(() -> applier.transaction(() -> {
            new Sealer(applier, options.device(), options.limits()).seal(false);
            Map<TransactionId, Outcome> parked = new Discard(applier, options.device()).run(id);
            return new CutApplier.Effect(0, 0, 0, parked.size(), cuts.rebase(), parked);
        }));
        confirmations.forget(id);
        applied(effect);
    }

    static GodwitException unknown(TransactionId id) {
        return new GodwitException(
                GodwitException.Kind.REQUEST,
                "there is no transaction " + id + " in the outbox: it was accepted, discarded, or never here");
    }

    /** The scopes that are synced, with their visible checkpoints. */
    Map<String, Checkpoint> checkpoints() {
        return readers.read(session -> new HashMap<>(session.state().checkpoints()));
    }

    /** What keeps the outbox going in the background, if anything does. */
    @Nullable
    BackgroundSync background() {
        return syncing.background();
    }

    /** A live sync that was closed needs no waking. */
    void ended(LiveSync liveSync) {
        syncing.remove(liveSync);
    }

    private void checkOpen() {
        if (lock.isHeldHere()) {
            throw new IllegalStateException(
                    "a call inside write(…) that needs the database itself: use the transaction that is open");
        }
        if (closed.get()) {
            throw new GodwitException(GodwitException.Kind.CLOSED, "the database " + options.path() + " is closed");
        }
    }

    /** Closes the database. What is pending stays pending; a sync that is running is waited for. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        syncing.stop();
        live.close();
        syncing.whenIdle(() -> lock.holdToClose(() -> {
            readers.close();
            writer.close();
            applier.close();
            return true;
        }));
    }
}
