package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Terminal.Ran;
import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncPolicy;
import dev.godwit.client.Tx;
import dev.godwit.desktop.SystemWorkClock;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.scheduler.Backoff;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.ManualConditions;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkId;
import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.scheduler.WorkRequest;
import dev.godwit.scheduler.WorkState;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application with a background sync writes and ends before it has synced; {@code godwit work run} does that for it. */
@Timeout(120)
class BackgroundWorkTest {
    /** The application believes that it does not hold, and the machine of the test knows that it does. */
    private static final Constraint HOLDS_FOR_THE_COMMAND = Constraint.storageNotLow();

    private static final long HOUR = 3_600_000;

    /** Failed, it is not due again before the test has ended. */
    private static final SyncPolicy POLICY = SyncPolicy.SMALL
            .withConstraint(HOLDS_FOR_THE_COMMAND)
            .withBatchMillis(0)
            .withBackoff(new Backoff(Backoff.Kind.LINEAR, HOUR, HOUR, HOUR))
            .withAttempts(7);

    @TempDir
    Path folder;

    private Path schema;
    private Path db;
    /** Of the maintenance; the machine of the test may be idle or not. */
    private Constraint quiet = Constraint.custom("nobody is there");

    @BeforeEach
    void schema() throws IOException {
        schema = folder.resolve("app.sql");
        Files.writeString(
                schema,
                "create table task (id text primary key, team text scope not null, code text unique check (code <> 'bad'));");
        db = folder.resolve("a.db");
    }

    private static Ran done(Ran ran) {
        assertThat(ran.code()).as("%s%n%s", ran.out(), ran.err()).isEqualTo(ExitCode.DONE);
        return ran;
    }

    private void init(Path device, String... more) {
        List<Object> words = new ArrayList<>(List.of("init", device, "--schema", schema, "--scope", "red"));
        words.addAll(List.of(more));
        done(run(words.toArray()));
    }

    private void init(Path device, Processes.Server server) {
        init(device, "--server", server.address(), "--token", server.token());
    }

    private SchedulerOptions scheduler() {
        return SchedulerOptions.of(
                new JdbcSqlite(), SqliteOptions.of(db.toString()), new SystemWorkClock(), new Random(3)::nextDouble);
    }

    private void application(SyncPolicy policy, String id, String code) {
        application(policy, tx -> tx.run("insert into task values (?, 'red', ?)", id, code));
    }

    /** Begun and ended with a write between, while its constraint does not hold; it never reaches a server. */
    private void application(SyncPolicy policy, Consumer<Tx> write) {
        ManualConditions device = ManualConditions.allGood().set(Fact.STORAGE_NOT_LOW, false);
        HttpTransportOptions nowhere = HttpTransportOptions.of("http://127.0.0.1:1", () -> "none", Limits.DEFAULT);
        try (HttpTransport transport = new HttpTransport(nowhere);
                Godwit godwit = Godwit.open(
                        GodwitOptions.of(db.toString(), new JdbcSqlite()).withTransport(transport));
                Scheduler scheduler = Scheduler.open(scheduler().withConditions(device));
                BackgroundSync background = godwit.background(
                        scheduler, BackgroundOptions.DEFAULT.withSmall(policy).withMaintenance(quiet, 24 * HOUR))) {
            godwit.write(write);
            assertThat(background.last()).as("has not synced").isEmpty();
        }
    }

    private Work newest(String name) {
        try (WorkDesk desk = WorkDesk.open(
                        new JdbcSqlite(), SqliteOptions.of(db.toString()).reading(), new SystemWorkClock())
                .orElseThrow()) {
            return desk.newest(name).orElseThrow();
        }
    }

    private List<String> rows(Path device) {
        return done(run("sql", device, "select id from task order by id", "--json"))
                .lines();
    }

    @Test
    void theOutboxIsSentAndWhatIsNewComes() throws IOException {
        Path other = folder.resolve("b.db");
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            init(db, server);
            init(other, server);
            done(run("sql", other, "insert into task values ('b1', 'red', 'b')"));
            done(run("sync", other));
            application(POLICY, "a1", "a");
            assertThat(newest(BackgroundSync.SYNC).state()).isEqualTo(WorkState.ENQUEUED);
            Ran ran = done(run("work", "run", db));
            // the periodic sync and the maintenance
            assertThat(ran.lines()).containsExactly("1 runs, 1 succeeded, 2 wait", "nothing waits to be sent");
            assertThat(newest(BackgroundSync.SYNC).state()).isEqualTo(WorkState.SUCCEEDED);
            assertThat(rows(db)).containsExactly("{\"id\":\"a1\"}", "{\"id\":\"b1\"}");
            done(run("sync", other));
            assertThat(rows(other)).isEqualTo(rows(db));
            done(run("outbox", db));
            assertThat(done(run("work", "run", db)).lines())
                    .as("nothing is due again")
                    .startsWith("0 runs, 0 succeeded, 2 wait");
        }
    }

    @Test
    void whatTheApplicationHadBegunOnlyToFetchIsFetched() throws IOException {
        Path other = folder.resolve("b.db");
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            init(db, server);
            init(other, server);
            done(run("sync", db));
            done(run("sql", other, "insert into task values ('b1', 'red', 'b')"));
            done(run("sync", other));
            application(POLICY, tx -> {});
            assertThat(done(run("work", "run", db)).lines()).first().isEqualTo("1 runs, 1 succeeded, 2 wait");
            assertThat(rows(db)).containsExactly("{\"id\":\"b1\"}");
        }
    }

    @Test
    void thePeriodicSyncBeginsOneUnderTheApplicationsPolicy() throws Exception {
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            init(db, server);
            application(POLICY, "a1", "a");
            done(run("work", "run", db));
            server.process().destroy();
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        WorkId sent = newest(BackgroundSync.SYNC).id();
        try (Scheduler scheduler = Scheduler.open(scheduler().asVisitor(1))) {
            assertThat(scheduler.runNextAt(newest(BackgroundSync.PERIODIC).id(), 1))
                    .isTrue();
        }
        Ran ran = done(run("work", "run", db));
        assertThat(ran.lines()).hasSize(2).first().isEqualTo("2 runs, 1 succeeded, 3 wait");
        assertThat(ran.lines().get(1)).startsWith("a sync is waiting ").contains("attempt 2 of 7");
        Work sync = newest(BackgroundSync.SYNC);
        assertThat(sync.id()).as("a new one").isNotEqualTo(sent);
        assertThat(sync.constraint()).as("the application's own").isEqualTo(HOLDS_FOR_THE_COMMAND);
    }

    @Test
    void itWaitsForTheConstraintThatTheApplicationGaveIt() throws IOException {
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            init(db, server);
            application(POLICY.withConstraint(Constraint.custom("the house is quiet")), "a1", "a");
            Ran ran = done(run("work", "run", db));
            assertThat(ran.lines()).hasSize(2).first().isEqualTo("0 runs, 0 succeeded, 3 wait");
            assertThat(ran.out())
                    .contains("1 transaction is to be sent; the sync is waiting for ", "the house is quiet");
        }
    }

    @Test
    void withoutItsServerItWaitsWithItsBackoffAndSaysWhy() throws Exception {
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            init(db, server);
            server.process().destroy();
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        application(POLICY, "a1", "a");
        Ran ran = done(run("work", "run", db));
        assertThat(ran.lines()).hasSize(2).first().isEqualTo("1 runs, 0 succeeded, 3 wait");
        assertThat(ran.lines().get(1))
                .startsWith("1 transaction is to be sent; the sync is waiting ")
                .contains("attempt 2 of 7", "no connection to the server");
        Work sync = newest(BackgroundSync.SYNC);
        assertThat(sync.state()).isEqualTo(WorkState.ENQUEUED);
        assertThat(sync.attempts()).isEqualTo(1);
        assertThat(sync.constraint()).as("the application's own").isEqualTo(HOLDS_FOR_THE_COMMAND);
        assertThat(done(run("work", "run", db)).lines().get(0))
                .as("in its backoff")
                .startsWith("0 runs");
        assertThat(run("outbox", db, "--json").lines()).as("kept").hasSize(1);
    }

    @Test
    void withoutServerOrTokenTheWorkIsLeftAloneAndTheMendIsSaid() throws IOException {
        init(db);
        application(POLICY, "a1", "a");
        Ran none = done(run("work", "run", db));
        assertThat(none.lines())
                .containsExactly(
                        "0 runs, 0 succeeded, 3 wait",
                        "1 left to the application, untouched: the command cannot run godwit.periodic",
                        "1 left to the application, untouched: the command cannot run godwit.sync",
                        db + " has no server: run `godwit init " + db + " --server URL --token T`");
        assertThat(newest(BackgroundSync.SYNC).attempts()).isZero();
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            init(db, "--server", server.address());
            assertThat(done(run("work", "run", db, "--json")).out().strip())
                    .isEqualTo("{\"runs\":0,\"succeeded\":0,\"parked\":0,\"waiting\":3,\"elsewhere\":false,\"left\":"
                            + "{\"godwit.periodic\":1,\"godwit.sync\":1},\"notes\":[\"" + db
                            + " has no token: run `godwit init " + db + " --server URL --token T`\"]}");
            assertThat(done(run("work", "run", db, "--token", server.token())).lines())
                    .containsExactly("1 runs, 1 succeeded, 2 wait", "nothing waits to be sent");
        }
    }

    @Test
    void withoutAServerTheFileIsMaintainedAllTheSame() {
        init(db);
        quiet = HOLDS_FOR_THE_COMMAND;
        application(POLICY, "a1", "a");
        assertThat(done(run("work", "run", db)).lines()).first().isEqualTo("1 runs, 1 succeeded, 3 wait");
        assertThat(newest(BackgroundSync.MAINTENANCE).runs()).isEqualTo(1);
    }

    @Test
    void whatWantsAPersonExitsWithFour() throws IOException {
        Path other = folder.resolve("b.db");
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            init(db, server);
            init(other, server);
            done(run("sql", other, "insert into task values ('b1', 'red', 'same')"));
            done(run("sync", other));
            application(POLICY, "a1", "same");
            Ran login = run("work", "run", db, "--token", server.token() + "x");
            assertThat(login.code()).as("%s%n%s", login.out(), login.err()).isEqualTo(ExitCode.PARKED);
            assertThat(login.out()).contains("syncing waits for a login: ", "1 transaction is kept", "1 parked: ");
            done(run("work", "retry", db, newest(BackgroundSync.SYNC).id()));
            Ran refused = run("work", "run", db);
            assertThat(refused.code())
                    .as("%s%n%s", refused.out(), refused.err())
                    .isEqualTo(ExitCode.PARKED);
            assertThat(refused.out()).contains("1 runs, 1 succeeded", "parked: `godwit outbox " + db + "` says why");
        }
    }

    @Test
    void aDatabaseWithoutBackgroundSyncSaysSo() {
        init(db);
        String none = "no application keeps " + db + " in sync in the background: `godwit sync " + db + "` does it now";
        assertThat(done(run("work", "run", db)).lines())
                .containsExactly("no work was ever enqueued in " + db + "; " + none);
        try (Scheduler app = Scheduler.open(scheduler())) {
            app.register("mine", context -> WorkOutcome.success());
            app.enqueue(WorkRequest.of("mine").withDelay(HOUR));
        }
        assertThat(done(run("work", "run", db)).lines())
                .containsExactly(
                        "0 runs, 0 succeeded, 1 wait",
                        "1 left to the application, untouched: the command knows no worker mine",
                        none);
    }
}
