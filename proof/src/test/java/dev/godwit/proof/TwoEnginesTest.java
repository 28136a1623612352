package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.Transport;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteOptions.Durability;
import dev.godwit.testing.FaultyTransport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that opens its database twice by mistake, in one process: both write and sync, one request at a time is under way. */
class TwoEnginesTest {
    private static final int WRITES = 15;

    @TempDir
    Path folder;

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    @Test
    void bothWriteAndSyncAndEveryWriteIsAppliedOnce() throws Exception {
        try (Crew crew = new Crew(folder, Durability.NORMAL, 1)) {
            crew.begin();
            crew.a.close();
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try (Godwit one = open(crew);
                    Godwit two = open(crew)) {
                List<Future<?>> both = new ArrayList<>();
                both.add(threads.submit(() -> work(one, "one-")));
                both.add(threads.submit(() -> work(two, "two-")));
                for (Future<?> each : both) {
                    each.get();
                }
            } finally {
                threads.shutdownNow();
            }
            crew.a.openIfClosed();
            assertThat(crew.assertConverges()).hasSize(2 * WRITES);
            crew.assertEachOrderHasANumberOfItsOwn();
            assertThat(crew.onServer("select count(*) from godwit_receipt"))
                    .as("each was sent and decided once, and so was the part")
                    .isEqualTo(2 * WRITES + 1);
            assertThat(requests.get()).isGreaterThan(4);
            assertThat(most.get()).as("requests at once").isEqualTo(1);
        }
    }

    private Godwit open(Crew crew) {
        return Godwit.open(GodwitOptions.of(crew.a.file().toString(), Crew.DRIVER)
                .withTransport(new Counting(
                        new FaultyTransport(crew.server, new Grant("crew", Set.of("red", "shared"), false)))));
    }

    private static void work(Godwit db, String prefix) {
        for (int i = 0; i < WRITES; i++) {
            String id = prefix + i;
            db.write(tx -> {
                tx.run("insert into work_order (id, team, number, customer) values (?, 'red', ?, 'x')", id, id);
                tx.run("insert into line values (?, 1, 'red', 'p1', 1)", id);
                tx.run("update part set stock = stock - 1 where id = 'p1'");
            });
            if (i % 3 == 2) {
                assertThat(db.sync().isSynced()).isTrue();
            }
        }
    }

    /** Sees how many requests are under way, from the request to the end of the answer. */
    private final class Counting implements Transport {
        private final Transport to;

        Counting(Transport to) {
            this.to = to;
        }

        @Override
        public Answer exchange(byte[] request) {
            requests.incrementAndGet();
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            try {
                return to.exchange(request);
            } finally {
                underWay.decrementAndGet();
            }
        }

        @Override
        public Live live(List<String> scopes, LiveListener listener) {
            return to.live(scopes, listener);
        }

        @Override
        public void close() {
            to.close();
        }
    }
}
