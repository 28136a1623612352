package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Terminal.Ran;
import dev.godwit.desktop.SystemWorkClock;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.scheduler.Budget;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.UniqueName;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkId;
import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.scheduler.WorkRequest;
import dev.godwit.scheduler.WorkRun;
import dev.godwit.scheduler.WorkState;
import dev.godwit.scheduler.Worker;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code godwit work} beside an application whose scheduler runs, and while it is not there. */
@Timeout(120)
class WorkCommandTest {
    private static final WorkRequest NOTES = WorkRequest.of("notes");

    @TempDir
    Path folder;

    private Path db;

    @BeforeEach
    void file() {
        db = folder.resolve("a.db");
    }

    private SqliteOptions options() {
        return SqliteOptions.of(db.toString()).withDurability(SqliteOptions.Durability.NORMAL);
    }

    /** The application's scheduler, with one worker; it knows no other. */
    private Scheduler application(String name, Worker worker) {
        Random random = new Random(3);
        return Scheduler.open(
                SchedulerOptions.of(new JdbcSqlite(), options(), new SystemWorkClock(), random::nextDouble)
                        .withWorker(name, worker)
                        .asVisitor(1_000)); // leaves the works of other workers to the test
    }

    private WorkId enqueue(WorkRequest request) {
        try (Scheduler app = application("none", context -> WorkOutcome.success())) {
            return app.enqueue(request).id();
        }
    }

    private WorkDesk desk() {
        return WorkDesk.open(new JdbcSqlite(), options().reading(), new SystemWorkClock())
                .orElseThrow();
    }

    private Work work(WorkId id) {
        try (WorkDesk desk = desk()) {
            return desk.find(id).orElseThrow();
        }
    }

    private List<WorkRun> history(WorkId id) {
        try (WorkDesk desk = desk()) {
            return desk.history(id);
        }
    }

    private WorkState state(WorkId id) {
        return work(id).state();
    }

    private String row(WorkId id) {
        try (SqliteConnection connection = new JdbcSqlite().open(options());
                SqliteStatement row = connection.prepare("select * from godwit_work where id = " + id.value())) {
            row.step();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < row.columnCount(); i++) {
                text.append(row.columnText(i)).append('|');
            }
            return text.toString();
        }
    }

    private static void refused(int code, Ran ran, String... words) {
        assertThat(ran.err()).contains(words).doesNotContain("\tat ");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.code()).isEqualTo(code);
    }

    @Test
    void theListSaysWhereEachWorkIsAndWhy() {
        WorkId waits = enqueue(
                NOTES.withName("tidy", UniqueName.Policy.KEEP).withConstraint(Constraint.custom("the house is quiet")));
        WorkId later = enqueue(NOTES.withDelay(3_600_000));
        Ran people = run("work", db);
        assertThat(people.code()).as(people.err()).isEqualTo(ExitCode.DONE);
        assertThat(people.lines().get(0).split(" +"))
                .containsExactly("work", "state", "worker", "name", "attempts", "next", "why");
        assertThat(people.lines()).hasSize(3).anyMatch(line -> line.startsWith(waits + "  enqueued  notes   tidy"));
        List<String> json = run("work", db, "--json").lines();
        assertThat(json.get(0))
                .startsWith("{\"work\":\"" + waits + "\",\"state\":\"enqueued\",\"worker\":\"notes\",\"name\":\"tidy\","
                        + "\"attempts\":0,\"next\":null,\"why\":\"waiting for ")
                .contains("the house is quiet");
        assertThat(json.get(1))
                .matches("\\{\"work\":\"" + later
                        + "\".*\"name\":null.*\"next\":\"\\d{4}-.*Z\",\"why\":\"waiting .*\"}");
        assertThat(run("work", db, "--most", "1").lines()).hasSize(2);
    }

    @Test
    void whatIsParkedExitsWithFourAndWhatIsFinishedIsListedIfAsked() {
        assertThat(run("work", db).code()).isEqualTo(ExitCode.FAILED);
        WorkId refused = enqueue(WorkRequest.of("refused"));
        WorkId notes = enqueue(NOTES);
        assertThat(run("work", "run", db).code()).isEqualTo(ExitCode.PARKED);
        Ran list = run("work", db, "--json");
        assertThat(list.code()).isEqualTo(ExitCode.PARKED);
        assertThat(list.lines()).hasSize(1).first().asString().contains(refused.toString(), "the house said no");
        assertThat(run("work", db, "--all", "--json").lines())
                .hasSize(2)
                .last()
                .asString()
                .contains(notes.toString(), "succeeded");
    }

    @Test
    void theApplicationsRunGoesOnWhileItIsListed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (Scheduler app = application("slow", context -> {
            begun.countDown();
            end.await();
            return WorkOutcome.success();
        })) {
            WorkId id = app.enqueue(WorkRequest.of("slow")).id();
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(run("work", db, "--json").out()).contains(id.toString(), "\"state\":\"running\"");
            assertThat(run("work", "show", db, id).out()).contains("state: running", "it has not run yet");
            Ran elsewhere = run("work", "run", db);
            assertThat(elsewhere.code()).as(elsewhere.err()).isEqualTo(ExitCode.DONE);
            assertThat(elsewhere.out()).contains("another process runs the work of " + db);
            end.countDown();
            assertThat(app.awaitIdle(60_000)).isTrue();
            assertThat(state(id)).isEqualTo(WorkState.SUCCEEDED);
            assertThat(app.history(id)).hasSize(1);
        }
    }

    @Test
    void aWorkIsShownWithItsRunsAndItsSentence() {
        WorkId id = enqueue(WorkRequest.of("refused").withKey("k").withTag("t"));
        run("work", "run", db);
        Ran people = run("work", "show", db, id);
        assertThat(people.code()).as(people.err()).isEqualTo(ExitCode.DONE);
        assertThat(people.lines())
                .contains("work: " + id, "state: parked", "worker: refused", "name: -", "key: k", "tags: [t]")
                .anyMatch(
                        line -> line.matches("why: parked since .*: the house said no; runs again when it is retried"))
                .anyMatch(line -> line.matches("run +started +millis +ended +stop +reason"))
                .anyMatch(line -> line.matches("1 +\\d{4}-.* parked +- +the house said no"));
        assertThat(run("work", "show", db, id, "--json").out().strip())
                .matches("\\{\"work\":\"" + id
                        + "\",\"state\":\"parked\".*\"history\":\\[\\{\"run\":1,.*\"ended\":\"parked\","
                        + "\"stop\":null,\"reason\":\"the house said no\"}]}");
    }

    @Test
    void whatIsRetriedOrCancelledIsSo() {
        WorkId parked = enqueue(WorkRequest.of("refused"));
        WorkId waits = enqueue(NOTES.withConstraint(Constraint.custom("never")));
        run("work", "run", db);
        refused(ExitCode.FAILED, run("work", "retry", db, waits), waits + " is enqueued", "only parked work");
        assertThat(run("work", "retry", db, parked).out()).contains("work " + parked + " is tried again");
        assertThat(state(parked)).isEqualTo(WorkState.ENQUEUED);
        assertThat(run("work", "cancel", db, waits, "--json").out().strip())
                .isEqualTo("{\"work\":\"" + waits + "\",\"state\":\"cancelled\"}");
        assertThat(state(waits)).isEqualTo(WorkState.CANCELLED);
        refused(ExitCode.FAILED, run("work", "cancel", db, waits), waits + " is cancelled already");
        run("work", "run", db);
        assertThat(history(parked)).as("was run again").hasSize(2);
    }

    @Test
    void whatTheCommandDoesNotKnowIsLeftUntouchedAndThisIsSaid() {
        WorkId backup = enqueue(WorkRequest.of("backup").withBudget(Budget.DEFAULT.withDeadline(1)));
        enqueue(WorkRequest.of("backup"));
        WorkId notes = enqueue(NOTES);
        String before = row(backup);
        Ran ran = run("work", "run", db);
        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
        assertThat(ran.lines())
                .containsExactly(
                        "1 runs, 1 succeeded, 2 wait",
                        "2 left to the application, untouched: the command knows no worker backup");
        assertThat(folder.resolve("ran-" + notes)).exists();
        assertThat(row(backup)).isEqualTo(before);
        assertThat(run("work", "run", db, "--json").out().strip())
                .isEqualTo("{\"runs\":0,\"succeeded\":0,\"parked\":0,\"waiting\":2,\"elsewhere\":false,"
                        + "\"left\":{\"backup\":2},\"notes\":[]}");
    }

    @Test
    void noMoreIsBegunThanIsSaid() throws IOException {
        for (int i = 0; i < 5; i++) {
            enqueue(NOTES);
        }
        enqueue(WorkRequest.of("offline"));
        assertThat(run("work", "run", db, "--most", "2").out()).contains("2 runs, 2 succeeded, 4 wait");
        try (Stream<Path> ran = Files.list(folder)) {
            assertThat(ran.filter(file -> file.getFileName().toString().startsWith("ran-")))
                    .hasSize(2);
        }
        Ran rest = run("work", "run", db, "--until-idle");
        assertThat(rest.out()).contains("4 runs, 3 succeeded, 1 wait");
        assertThat(rest.code()).as("what is tried again later is no failure").isEqualTo(ExitCode.DONE);
    }

    @Test
    void aRunThatIsToldToEndStopsItsWorkAtNoCost() throws Exception {
        WorkId id = enqueue(WorkRequest.of("patient"));
        try (Processes processes = Processes.brief();
                WatchService watch = folder.getFileSystem().newWatchService()) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            Process command = processes.start(List.of("work", "run", db.toString()));
            await(watch, folder.resolve("begun"));
            command.destroy();
            assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(state(id)).isEqualTo(WorkState.ENQUEUED);
        assertThat(work(id).attempts()).isZero();
        assertThat(work(id).stops()).isEqualTo(1);
    }

    private static void await(WatchService watch, Path file) throws InterruptedException {
        while (!Files.exists(file)) {
            WatchKey key = watch.poll(60, TimeUnit.SECONDS);
            if (key == null) {
                throw new ClosedWatchServiceException();
            }
            key.pollEvents();
            key.reset();
        }
    }

    @Test
    void mistakesAreNamedWithTheMend() throws IOException {
        refused(ExitCode.FAILED, run("work", folder.resolve("none.db")), "none.db does not exist", "give the database");
        refused(ExitCode.FAILED, run("work", "run", folder), folder + " is no file");
        refused(ExitCode.USAGE, run("work"), "DB");
        refused(ExitCode.USAGE, run("work", "show", db), "WORK");
        Files.writeString(
                folder.resolve("text.db"), "no database at all, but long enough to be read as one".repeat(50));
        refused(ExitCode.FAILED, run("work", folder.resolve("text.db")), "text.db");
        WorkId id = enqueue(NOTES);
        refused(ExitCode.USAGE, run("work", db, "--most", "0"), "--most 0: it is 1 or more");
        refused(ExitCode.USAGE, run("work", "run", db, "--most", "0"), "--most 0: it is 1 or more");
        refused(ExitCode.USAGE, run("work", "run", db, "--most", "2", "--until-idle"), "mutually exclusive");
        for (String command : List.of("show", "retry", "cancel")) {
            refused(ExitCode.USAGE, run("work", command, db, "seven"), "'seven' is no work's number", "godwit work DB");
            refused(ExitCode.FAILED, run("work", command, db, "w12"), "there is no work w12");
        }
        assertThat(state(id)).isEqualTo(WorkState.ENQUEUED);
    }

    @Test
    void aFileWithoutWorkStaysAsItIs() throws IOException {
        try (SqliteConnection connection = new JdbcSqlite().open(options())) {
            connection.execute("create table mine (id integer primary key)");
            // opened for writing it would get another journal
            connection.execute("pragma journal_mode = delete");
        }
        byte[] before = Files.readAllBytes(db);
        for (List<Object> arguments : List.of(List.<Object>of("work", db), List.<Object>of("work", "run", db))) {
            Ran ran = run(arguments.toArray());
            assertThat(ran.code()).isEqualTo(ExitCode.DONE);
            assertThat(ran.out().strip()).isEqualTo("no work was ever enqueued in " + db);
        }
        refused(ExitCode.FAILED, run("work", "show", db, "w12"), "no work was ever enqueued in " + db);
        assertThat(Files.readAllBytes(db)).isEqualTo(before);
    }

    @Test
    void aTableThatIsBrokenIsSaidAndLeftToTheApplication() {
        enqueue(NOTES);
        try (SqliteConnection connection = new JdbcSqlite().open(options())) {
            connection.execute("alter table godwit_work_meta drop column epoch");
        }
        refused(ExitCode.FAILED, run("work", db), "epoch", "Open the file with the application");
        refused(ExitCode.FAILED, run("work", "run", db), "epoch", "Open the file with the application");
    }
}
