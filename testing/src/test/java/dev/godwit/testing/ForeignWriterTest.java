package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that writes through another library, with connections of its own, on the engine's file. */
class ForeignWriterTest {
    private static final String SCHEMA = """
            create table task (
              id integer primary key, team text scope not null, title text not null, votes integer counter not null default 0,
              weight real, picture blob, unique (team, title));
            """;
    private static final String ROWS = "select id, title, votes, weight, picture from task order by id";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;
    private Jdbi jdbi;

    @BeforeEach
    void open() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        jdbi = Jdbi.create("jdbc:sqlite:" + a.file);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void execute(String sql, Object... parameters) {
        jdbi.useHandle(handle -> handle.execute(sql, parameters));
    }

    /** Rows of every kind, written by a batch and one by one, and changed again. */
    private void write() {
        jdbi.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch("insert into task (id, team, title) values (:id, 'red', :title)");
            for (int i = 1; i <= 4; i++) {
                batch.bind("id", i).bind("title", "title " + i).add();
            }
            batch.execute();
        });
        execute("update task set weight = ?, picture = ? where id = 1", 0.5, new byte[] {1, 2});
        execute("update task set votes = votes + 5 where id = 2");
        execute("insert or replace into task (id, team, title) values (3, 'red', 'another')");
        execute("delete from task where id = 4");
        execute(
                "insert into task (id, team, title) values (1, 'red', 'up') on conflict do update set title = excluded.title");
    }

    private static final List<String> WRITTEN =
            List.of("[1, 'up', 0, 0.5, x'0102']", "[2, 'title 2', 5, NULL, NULL]", "[3, 'another', 0, NULL, NULL]");

    private void assertSeenEverywhere(List<String> rows) {
        a.synced();
        b.synced();
        assertThat(a.all(ROWS)).isEqualTo(rows);
        assertThat(fleet.onServer(ROWS)).isEqualTo(rows);
        assertThat(b.all(ROWS)).isEqualTo(rows);
        assertThat(a.db.outbox()).isEmpty();
    }

    @Test
    void writesWhileTheEngineIsOpenReachTheOtherDevice() {
        write();
        assertSeenEverywhere(WRITTEN);
    }

    @Test
    void writesWhileTheEngineIsClosedReachTheOtherDevice() {
        a.run("insert into task (id, team, title) values (4, 'red', 'synced before')");
        a.synced();
        a.db.close();
        execute("delete from task");
        write();
        a.reopen(null);
        assertSeenEverywhere(WRITTEN);
    }

    @Test
    void writesAreInTheOutboxBeforeAnythingIsSent() {
        execute("insert into task (id, team, title) values (1, 'red', 'foreign')");
        a.run("insert into task (id, team, title) values (2, 'red', 'own')");
        assertThat(a.db.outbox()).as("the foreign write goes first, on its own").hasSize(2);
        assertThat(a.db.describe(a.db.outbox().get(0).id())).asString().contains("id = 1");
        assertSeenEverywhere(List.of("[1, 'foreign', 0, NULL, NULL]", "[2, 'own', 0, NULL, NULL]"));
    }

    @Test
    void rolledBackWorkIsNotCaptured() {
        assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                    handle.execute("insert into task (id, team, title) values (1, 'red', 'taken back')");
                    handle.execute("insert into task (id, team, title) values (1, 'red', 'clashes')");
                }))
                .isInstanceOf(UnableToExecuteStatementException.class)
                .hasMessageContaining("UNIQUE constraint failed: task.id");
        jdbi.useHandle(handle -> {
            handle.begin();
            handle.execute("insert into task (id, team, title) values (2, 'red', 'taken back too')");
            handle.rollback();
        });
        a.run("insert into task (id, team, title) values (3, 'red', 'kept')");
        assertThat(a.db.outbox()).hasSize(1);
        assertSeenEverywhere(List.of("[3, 'kept', 0, NULL, NULL]"));
    }

    @Test
    void foreignWritesMergeWithThoseOfOtherDevices() {
        a.run("insert into task (id, team, title, votes) values (1, 'red', 'first', 10)");
        a.synced();
        b.synced();
        execute("update task set votes = votes + 5, weight = 2.5 where id = 1");
        b.run("update task set votes = votes - 2, title = 'by b' where id = 1");
        b.synced();
        assertSeenEverywhere(List.of("[1, 'by b', 13, 2.5, NULL]"));
    }

    @Test
    void foreignReadersSeeWhatOthersWrote() {
        b.run("insert into task (id, team, title) values (1, 'red', 'by b')");
        b.synced();
        jdbi.useHandle(handle -> {
            assertThat(handle.createQuery("select title from task")
                            .mapTo(String.class)
                            .list())
                    .isEmpty();
            a.synced();
            assertThat(handle.createQuery("select title from task")
                            .mapTo(String.class)
                            .list())
                    .as("through a connection that was open during the sync")
                    .containsExactly("by b");
            handle.execute("update task set title = 'by jdbi' where id = 1");
        });
        assertSeenEverywhere(List.of("[1, 'by jdbi', 0, NULL, NULL]"));
    }

    @Test
    void ownWriteWaitsForTheForeignTransaction() throws Exception {
        try (Handle handle = jdbi.open()) {
            handle.execute("pragma busy_timeout = 10000");
            handle.begin();
            handle.execute("insert into task (id, team, title) values (1, 'red', 'foreign')");
            CompletableFuture<Void> own = CompletableFuture.runAsync(
                    () -> a.run("insert into task (id, team, title) values (2, 'red', 'own')"));
            handle.execute("insert into task (id, team, title) values (3, 'red', 'more')");
            assertThat(own).isNotDone();
            handle.commit();
            own.get(30, TimeUnit.SECONDS);
        }
        assertThat(a.db.outbox()).hasSize(2);
        assertSeenEverywhere(
                List.of("[1, 'foreign', 0, NULL, NULL]", "[2, 'own', 0, NULL, NULL]", "[3, 'more', 0, NULL, NULL]"));
    }
}
