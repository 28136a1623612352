package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.client.Commit;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.Row;
import dev.godwit.model.Outcome;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library as an application sees it. */
class ClientTest {
    private static final String SCHEMA = """
            create table task (
              id text primary key, team text scope not null, title text not null, done integer not null default 0,
              votes integer counter not null default 0, weight real, picture blob);
            """;

    record Task(String id, String team, String title, boolean done, long votes, Double weight, byte[] picture) {}

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;

    @BeforeEach
    void open() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void aSyncThatBringsNothingWritesNoCheckpoint() {
        a.run("insert into task (id, team, title) values ('1', 'red', 'fly')");
        a.synced();
        a.synced();
        try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
            other.execute("create table written (what); create trigger scope_written after update on godwit_scope"
                    + " begin insert into written values (new.scope); end");
            a.synced();
            assertThat(a.one("select count(*) from written")).isEqualTo("0");
            a.run("update task set title = 'land' where id = '1'");
            a.synced();
            assertThat(a.one("select count(*) from written")).isNotEqualTo("0");
        }
    }

    @Test
    void recordsGoInAndOut() {
        Task task = new Task("1", "red", "fly", true, 3, 0.1 + 0.2, new byte[] {0, -1});
        a.db.write(tx -> tx.records(Task.class, "task").insert(task));
        Task found = a.db.records(Task.class, "task").find("1").orElseThrow();
        assertThat(found.weight()).isEqualTo(task.weight());
        assertThat(found.picture()).isEqualTo(task.picture());
        a.db.write(tx -> {
            assertThat(tx.records(Task.class, "task").update(new Task("1", "red", "land", false, 3, null, null)))
                    .isTrue();
            assertThat(tx.records(Task.class, "task").delete("2")).isFalse();
        });
        assertThat(a.db.records(Task.class, "task").list("where done = ?", false))
                .extracting(Task::title)
                .containsExactly("land");
        a.synced();
        assertThat(fleet.onServer("select title, weight from task")).isEqualTo(List.of("['land', NULL]"));
    }

    @Test
    void liveQueryIsAskedAgainAfterLocalWritesAndSyncs() throws InterruptedException {
        BlockingQueue<List<Row>> seen = new LinkedBlockingQueue<>();
        a.db.live("select title from task order by id").subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(List<Row> rows) {
                seen.add(rows);
            }

            @Override
            public void onError(Throwable failure) {
                throw new AssertionError(failure);
            }

            @Override
            public void onComplete() {}
        });
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEmpty();
        a.run("insert into task (id, team, title) values ('1', 'red', 'here')");
        assertThat(seen.poll(10, TimeUnit.SECONDS)).hasSize(1);
        Fleet.Member b = fleet.device("b", "red");
        b.run("insert into task (id, team, title) values ('2', 'red', 'there')");
        b.synced();
        a.synced();
        assertThat(seen.poll(10, TimeUnit.SECONDS)).hasSize(2);
    }

    @Test
    void confirmationArrivesWithTheDecision() throws Exception {
        Commit commit = a.db.write(tx -> tx.run("insert into task (id, team, title) values ('1', 'red', 'x')"));
        assertThat(commit.confirmed()).isNotDone();
        a.synced();
        assertThat(commit.confirmed().get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void failedWriteLeavesNothing() {
        assertThatThrownBy(() -> a.db.write(tx -> {
                    tx.run("insert into task (id, team, title) values ('1', 'red', 'x')");
                    tx.run("insert into task (id, team, title) values ('1', 'red', 'again')");
                }))
                .isInstanceOf(SqliteException.class);
        assertThat(a.one("select count(*) from task")).isEqualTo("0");
        assertThat(a.db.outbox()).isEmpty();
        a.run("insert into task (id, team, title) values ('1', 'red', 'x')");
        a.run("update task set title = title");
        assertThat(a.db.outbox())
                .as("an update that changes nothing is no transaction")
                .hasSize(1);
    }

    @Test
    void rolledBackSavepointIsNotCaptured() {
        a.db.write(tx -> {
            tx.run("insert into task (id, team, title) values ('1', 'red', 'kept')");
            tx.run("savepoint s");
            tx.run("insert into task (id, team, title) values ('2', 'red', 'taken back')");
            tx.run("rollback to s");
        });
        a.synced();
        assertThat(fleet.onServer("select id from task")).isEqualTo(List.of("['1']"));
    }

    @Test
    void counterTakesNoTextAndDoesNotOverflow() {
        a.run("insert into task (id, team, title, votes) values ('1', 'red', 'x', 9223372036854775807)");
        assertThatThrownBy(() -> a.run("update task set votes = votes + 1")).hasMessageContaining("counter");
        assertThatThrownBy(() -> a.run("update task set votes = 'many'")).hasMessageContaining("counter");
    }

    @Test
    void secondConnectionsWritesAreSynced() {
        try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
            other.execute("insert into task (id, team, title) values ('f', 'red', 'foreign')");
        }
        a.synced();
        assertThat(fleet.onServer("select title from task")).isEqualTo(List.of("['foreign']"));
    }

    @Test
    void shellWritesWhileTheEngineIsClosedAreSynced() throws IOException, InterruptedException {
        Path shell = Path.of("/usr/bin/sqlite3");
        if (!Files.exists(shell)) {
            System.out.println("SKIPPED: no sqlite3 shell; .ci/run installs it");
        }
        assumeTrue(Files.exists(shell));
        a.run("insert into task (id, team, title) values ('1', 'red', 'x')");
        a.synced();
        a.db.close();
        Process process = new ProcessBuilder(
                        shell.toString(),
                        a.file.toString(),
                        "insert or replace into task (id, team, title) values ('1', 'red', 'by the shell'), ('2', 'red', 'new')")
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        a.reopen(null);
        a.synced();
        assertThat(fleet.onServer("select id, title from task order by id"))
                .isEqualTo(List.of("['1', 'by the shell']", "['2', 'new']"));
    }

    @Test
    void fileThatIsNoDatabaseIsRefusedByName() throws IOException {
        Path text = Files.writeString(
                folder.resolve("notes.txt"), "this is no database, but long enough to be looked at ".repeat(20));
        assertThatThrownBy(() -> Godwit.open(
                        GodwitOptions.of(text.toString(), Fleet.DRIVER).withSchema(SCHEMA)))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("notes.txt")
                .hasMessageContaining("not a SQLite database");
        assertThat(Files.readString(text)).startsWith("this is no database");
    }

    @Test
    void schemaWithAnUnknownWordIsRefusedWithASuggestion() {
        String wrong = SCHEMA.replace("integer counter", "integer countr");
        assertThatThrownBy(() ->
                        Godwit.open(GodwitOptions.of(folder.resolve("x.db").toString(), Fleet.DRIVER)
                                .withSchema(wrong)))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("task.votes")
                .hasMessageContaining("counter");
    }

    @Test
    void outboxTellsWhatATransactionChanges() {
        Optional<dev.godwit.model.TransactionId> id = a.db.write(
                        tx -> tx.run("insert into task (id, team, title) values ('1', 'red', 'x')"))
                .id();
        assertThat(a.db.describe(id.orElseThrow()))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("insert task id = '1'");
        assertThat(a.db.status().pending()).isEqualTo(1);
    }
}
