package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Commit;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.LiveSync;
import dev.godwit.client.Row;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Code of the application that the engine calls, and that throws, blocks, or calls the engine back. */
@Timeout(120)
class CallbacksTest {
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text not null);";
    private static final Limits QUICK = TestLimits.with("backoffMinMillis", 2, "backoffMaxMillis", 20);

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;

    @BeforeEach
    void open() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, QUICK);
        a = fleet.device("a", "red");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void insert(String id) {
        a.run("insert into task values (?, 'red', 't')", id);
    }

    /** A subscriber that does something with each result. */
    private record Subscriber(Consumer<List<Row>> work) implements Flow.Subscriber<List<Row>> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<Row> rows) {
            work.accept(rows);
        }

        @Override
        public void onError(Throwable failure) {
            throw new IllegalStateException("a subscriber that cannot even be told", failure);
        }

        @Override
        public void onComplete() {}
    }

    private void subscribe(Consumer<List<Row>> work) {
        a.db.live("select id from task order by id").subscribe(new Subscriber(work));
    }

    @Test
    void aSubscriberThatThrowsIsDroppedAndTheOthersGoOn() throws InterruptedException {
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        AtomicInteger calls = new AtomicInteger();
        subscribe(rows -> {
            calls.incrementAndGet();
            throw new IllegalStateException("broken subscriber");
        });
        subscribe(rows -> {
            calls.incrementAndGet();
            throw new AssertionError("a subscriber with a failed assertion");
        });
        subscribe(rows -> seen.add(rows.size()));
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isZero();
        insert("1");
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(calls).as("each is asked once, and dropped").hasValue(2);
        a.synced();
    }

    @Test
    void aSubscriberThatBlocksHoldsUpNeitherWritesNorSyncsNorClosing() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        subscribe(rows -> {
            blocked.countDown();
            await(go);
        });
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
        insert("1");
        a.synced();
        assertThat(a.all("select id from task")).hasSize(1);
        a.db.close();
        go.countDown();
        a.reopen(null);
    }

    @Test
    void whatChangesWhileASubscriberBlocksIsToldOnceAndPilesUpNothing() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        subscribe(rows -> {
            seen.add(rows.size());
            await(go);
        });
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isZero();
        for (int i = 0; i < 200; i++) {
            insert("t" + i);
        }
        go.countDown();
        assertThat(seen.poll(20, TimeUnit.SECONDS)).as("all of it at once").isEqualTo(200);
        insert("last");
        assertThat(seen.poll(20, TimeUnit.SECONDS)).as("and nothing between").isEqualTo(201);
    }

    @Test
    void aSubscriberMayWriteAndSyncItself() throws InterruptedException {
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        subscribe(rows -> {
            if (rows.size() < 3) {
                insert("s" + rows.size());
                a.synced();
            }
            seen.add(rows.size());
        });
        for (int size = 0; size <= 3; size++) {
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(size);
        }
        assertThat(fleet.onServer("select count(*) from task")).isEqualTo(List.of("[3]"));
    }

    @Test
    void workThatCallsTheDatabaseIsRefusedAndTakenBack() {
        List<Runnable> calls = List.of(
                () -> insert("inner"),
                () -> a.db.sync(),
                () -> a.db.query("select 1"),
                () -> a.db.status(),
                () -> a.db.outbox());
        for (Runnable call : calls) {
            assertThatThrownBy(() -> a.db.write(tx -> {
                        tx.run("insert into task values ('outer', 'red', 't')");
                        call.run();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("use the transaction that is open");
        }
        assertThat(a.all("select id from task")).isEmpty();
        assertThat(a.db.outbox()).isEmpty();
        insert("1");
        a.synced();
    }

    @Test
    void workThatThrowsAnErrorLeavesNothingAndTheNextWriteIsWhole() {
        assertThatThrownBy(() -> a.db.write(tx -> {
                    tx.run("insert into task values ('1', 'red', 't')");
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
        insert("2");
        a.synced();
        assertThat(fleet.onServer("select id from task")).isEqualTo(List.of("['2']"));
    }

    @Test
    void whatHangsOnAConfirmationMayThrowAndMayWrite() throws Exception {
        Commit throwing = a.db.write(tx -> tx.run("insert into task values ('1', 'red', 't')"));
        throwing.confirmed().thenRun(() -> {
            throw new IllegalStateException("broken continuation");
        });
        Commit writing = a.db.write(tx -> tx.run("insert into task values ('2', 'red', 't')"));
        writing.confirmed().thenRun(() -> insert("3"));
        assertThat(a.sync().outcome()).isEqualTo(SyncResult.End.SYNCED);
        assertThat(writing.confirmed().get(20, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
        a.synced();
        assertThat(fleet.onServer("select count(*) from task")).isEqualTo(List.of("[3]"));
    }

    @Test
    void aListenerThatThrowsOrWritesDoesNotEndTheLiveSync() throws InterruptedException {
        BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
        AtomicInteger calls = new AtomicInteger();
        try (LiveSync live = a.db.goLive(result -> {
            results.add(result);
            switch (calls.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("broken listener");
                case 2 -> throw new AssertionError("a listener with a failed assertion");
                case 3 -> insert("by the listener");
                default -> {}
            }
        })) {
            assertThat(live).isNotNull();
            int sent = 0;
            while (sent == 0) {
                SyncResult result = results.poll(20, TimeUnit.SECONDS);
                assertThat(result).as("the live sync goes on").isNotNull();
                sent = result.sent();
            }
        }
        assertThat(fleet.onServer("select id from task")).isEqualTo(List.of("['by the listener']"));
    }

    @Test
    void aLiveSyncWhoseFolderIsGoneTellsItsListenerAndGoesOnWhenItIsBack() throws Exception {
        Path there = Files.createDirectory(folder.resolve("there"));
        Path away = folder.resolve("away");
        Fleet.Member b = fleet.deviceOn("b", there.resolve("b.db"), a, "red");
        BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
        Files.move(there, away);
        try (LiveSync live = b.db.goLive(results::add)) {
            assertThat(live).isNotNull();
            SyncResult told = results.poll(20, TimeUnit.SECONDS);
            assertThat(told).as("a sync that cannot begin").isNotNull();
            assertThat(told.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(told.message()).contains("cannot lock", "b.db", "#database");
            Files.move(away, there);
            while (told != null && !told.isSynced()) {
                told = results.poll(20, TimeUnit.SECONDS);
            }
            assertThat(told).as("a sync after the mend").isNotNull();
        }
    }

    @Test
    void aTokenSupplierThatThrowsIsToldAndDoesNotEndTheLiveSync() throws Exception {
        try (OverHttp over = new OverHttp(Files.createDirectory(folder.resolve("http")), QUICK, null)) {
            AtomicInteger asked = new AtomicInteger();
            HttpTransportOptions options = HttpTransportOptions.of(
                    over.address(),
                    () -> {
                        if (asked.incrementAndGet() < 5) {
                            throw new IllegalStateException("the key store is locked");
                        }
                        return over.token();
                    },
                    QUICK);
            BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
            try (HttpTransport transport = new HttpTransport(options)) {
                a.reopenWith(o -> o.withTransport(transport).withScopes("red"));
                insert("1");
                assertThat(a.sync().message()).contains("could not give a token: the key store is locked", "#token");
                try (LiveSync live = a.db.goLive(results::add)) {
                    assertThat(live).isNotNull();
                    SyncResult told = results.poll(20, TimeUnit.SECONDS);
                    while (told != null && !told.isSynced()) {
                        assertThat(told.message()).contains("the key store is locked");
                        told = results.poll(20, TimeUnit.SECONDS);
                    }
                    assertThat(told).as("a sync once there is a token").isNotNull();
                    assertThat(told.sent()).isEqualTo(1);
                }
                a.db.close();
            }
        }
        a.reopenWith(o -> o);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
