package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.GodwitException;
import dev.godwit.client.SyncResult;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a device whose file is damaged, taken away, made read-only, or opened twice. */
@Timeout(120)
class LocalFileTest {
    private static final int PAGE = 4096;
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text not null);"
                    + "create index task_title on task (title);";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;

    @BeforeEach
    void aDeviceWithPendingWork() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, TestLimits.with("syncLockWaitMillis", 100));
        a = fleet.device("a", "red");
        a.run("insert into task values ('1', 'red', 'sent')");
        a.synced();
        a.run("insert into task values ('2', 'red', 'pending')");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private static void insert(Fleet.Member member, String id) {
        member.run("insert into task values (?, 'red', 't')", id);
    }

    private void refusedWith(String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(GodwitException.Kind.DATABASE))
                .hasMessageContaining(a.file.toString())
                .hasMessageContaining(message)
                .hasMessageContaining("troubleshooting.md#database");
    }

    @Test
    void aDamagedPageIsNamedWithTheMendOrDoesNoHarm() throws IOException {
        IntStream.range(0, 40).forEach(i -> a.run("insert into task values (?, 'red', ?)", "k" + i, "x".repeat(300)));
        a.db.close();
        byte[] good = Files.readAllBytes(a.file);
        List<Integer> noticed = new ArrayList<>();
        for (int page = 0; page < good.length / PAGE; page += 3) {
            byte[] bad = good.clone();
            Arrays.fill(bad, page * PAGE + (page == 0 ? 100 : 0), (page + 1) * PAGE, (byte) 0xA5);
            putBack(bad);
            try {
                a.reopenAfterCopy();
                List<ThrowingCallable> uses = List.of(
                        () -> insert(a, "new"), () -> a.all("select * from task"), () -> a.db.outbox(), a.db::status);
                for (ThrowingCallable use : uses) {
                    use.call();
                }
            } catch (GodwitException damage) {
                noticed.add(page);
                refusedWith("is damaged: copy it away", () -> {
                    throw damage;
                });
            } catch (Throwable other) {
                throw new AssertionError("page " + page, other);
            }
            a.db.close();
        }
        assertThat(noticed).as("pages whose damage was noticed").contains(0).hasSizeGreaterThan(good.length / PAGE / 9);
        putBack(good);
        a.reopenAfterCopy();
        a.synced();
        assertThat(fleet.onServer("select count(*) from task")).isEqualTo(List.of("[42]"));
    }

    private void putBack(byte[] bytes) throws IOException {
        for (String beside : List.of("-wal", "-shm")) {
            Files.deleteIfExists(Path.of(a.file + beside));
        }
        Files.write(a.file, bytes);
    }

    @Test
    void nothingIsWrittenToAFileThatWasDeletedAndWhatItHoldsIsStillSent() throws IOException {
        Files.delete(a.file);
        refusedWith("was deleted or replaced", () -> insert(a, "3"));
        a.synced();
        assertThat(fleet.onServer("select id from task order by id")).isEqualTo(List.of("['1']", "['2']"));
        refusedWith("was deleted or replaced", () -> insert(a, "3"));
        a.db.close();
        assertThat(a.file).as("no ghost").doesNotExist();
        assertThatThrownBy(a::reopenAfterCopy)
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("is not a Godwit database yet");
        Fleet.Member anew = fleet.deviceOn("anew", a.file, a, "red");
        a.db = anew.db;
        anew.synced();
        insert(anew, "3");
        anew.synced();
        assertThat(fleet.onServer("select id from task order by id")).isEqualTo(List.of("['1']", "['2']", "['3']"));
    }

    @Test
    void nothingIsWrittenToAFileThatWasReplacedAndBothCount() throws IOException {
        a.db.close();
        Path copy = Files.copy(a.file, folder.resolve("copy.db"));
        a.reopenAfterCopy();
        insert(a, "3");
        Files.move(copy, a.file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        refusedWith("was deleted or replaced", () -> insert(a, "4"));
        a.synced();
        a.db.close();
        for (String beside : List.of("-wal", "-shm")) {
            Files.deleteIfExists(Path.of(a.file + beside));
        }
        a.reopenAfterCopy();
        insert(a, "5");
        a.synced();
        List<String> all = List.of("['1']", "['2']", "['3']", "['5']");
        assertThat(fleet.onServer("select id from task order by id")).isEqualTo(all);
        assertThat(a.all("select id from task order by id")).isEqualTo(all);
    }

    @Test
    void aFileThatMayNotBeWrittenAnyMoreIsNamedAndIsWholeWhenItMayAgain() {
        List<SqliteConnection> open = new ArrayList<>();
        SqliteDriver driver = options -> {
            SqliteConnection connection = Fleet.DRIVER.open(options);
            if (options.path().equals(a.file.toString())) {
                open.add(connection);
            }
            return connection;
        };
        a.reopenOn(driver);
        int requests = a.transport.exchanges();
        open.forEach(connection -> connection.execute("pragma query_only = on"));
        refusedWith("is read-only", () -> insert(a, "3"));
        refusedWith("is read-only", a::sync);
        assertThat(a.all("select id from task order by id")).containsExactly("['1']", "['2']");
        assertThat(a.transport.exchanges()).as("nobody is asked").isEqualTo(requests);
        open.forEach(connection -> connection.execute("pragma query_only = off"));
        insert(a, "3");
        a.synced();
        assertThat(fleet.onServer("select count(*) from task")).isEqualTo(List.of("[3]"));
    }

    @Test
    void twoEnginesInOneProcessSyncOneAtATimeAndSendEverythingOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        a.transport.beforeNextAnswer(() -> {
            asked.countDown();
            await(answer);
        });
        Fleet.Member second = fleet.deviceOn("second", a.file, a, "red");
        BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
        Thread first = new Thread(() -> results.add(a.sync()));
        first.start();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        insert(second, "3");
        insert(a, "4");
        assertThatThrownBy(second::sync)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(GodwitException.Kind.BUSY))
                .hasMessageContaining(a.file.toString());
        assertThat(second.transport.exchanges()).isZero();
        answer.countDown();
        first.join();
        assertThat(results.take().isSynced()).isTrue();
        second.synced();
        assertThat(fleet.onServer("select id from task order by id"))
                .isEqualTo(List.of("['1']", "['2']", "['3']", "['4']"));
        assertThat(fleet.onServer("select count(*) from godwit_device")).isEqualTo(List.of("[1]"));
        assertThat(fleet.onServer("select last_sequence from godwit_device")).isEqualTo(List.of("[4]"));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
