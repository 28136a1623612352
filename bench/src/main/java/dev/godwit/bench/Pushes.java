package dev.godwit.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowBlock;
import dev.godwit.model.TransactionId;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.Grant;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cut;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Opening;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.SyncRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * A server in this process that is only pushed to, as requests that are decoded already: what it costs to decide. Its clock
 * and the devices' are set by hand.
 */
final class Pushes implements AutoCloseable {
    static final String SCOPE = "red";
    /** What one cut can carry receipts of is twice as much. */
    private static final int MOST = 1_000;

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Random random;
    private final SyncServer server;
    private UUID timeline = new UUID(0, 0);
    long now = 1_800_000_000_000L;

    Pushes(Path file, String schema, long seed) {
        this.random = new Random(seed);
        JdbcSqlite driver = new JdbcSqlite();
        this.server = SyncServer.open(ServerOptions.of(
                new SchemaReader(driver).read("bench.sql", schema),
                driver,
                file.toString(),
                () -> now,
                () -> new UUID(random.nextLong(), random.nextLong())));
    }

    /** What deciding took: on the clock, and of the processors; the latter says more where others use them too. */
    record Cost(double seconds, double processor) {
        Cost plus(Cost other) {
            return new Cost(seconds + other.seconds, processor + other.processor);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f s (CPU %.2f s)", seconds, processor);
        }
    }

    /** A device, how far its sequence is, and how many of its transactions were accepted. */
    static final class Sender {
        private final DeviceId id;
        private long sequence;
        private long accepted;

        private Sender(DeviceId id) {
            this.id = id;
        }

        long sent() {
            return sequence;
        }

        long accepted() {
            return accepted;
        }
    }

    Sender sender() throws IOException {
        Sender sender = new Sender(new DeviceId(new UUID(random.nextLong(), random.nextLong())));
        // an empty request says which timeline it is
        exchange(sender, List.of(), 0);
        return sender;
    }

    /** The newest commit number. */
    long head() throws IOException {
        return server.heads(Set.of(SCOPE)).getOrDefault(SCOPE, 0L);
    }

    /** Pushes transactions of a block each that were written so long ago on this commit. */
    Cost push(Sender sender, List<RowBlock> transactions, long base, long ageMillis) throws IOException {
        Cost cost = new Cost(0, 0);
        for (int from = 0; from < transactions.size(); from += MOST) {
            List<PushedTransaction> part = new ArrayList<>();
            long confirmed = sender.sequence;
            for (RowBlock block : transactions.subList(from, Math.min(transactions.size(), from + MOST))) {
                part.add(new PushedTransaction(
                        TransactionId.of(now, new UUID(random.nextLong(), random.nextLong())),
                        ++sender.sequence,
                        Map.of(SCOPE, new Checkpoint(timeline, base)),
                        clock(now - ageMillis),
                        List.of(),
                        false,
                        Changes.encode(List.of(block))));
            }
            cost = cost.plus(exchange(sender, part, confirmed));
        }
        return cost;
    }

    private Cost exchange(Sender sender, List<PushedTransaction> transactions, long confirmed) throws IOException {
        SyncRequest request =
                new SyncRequest(1, sender.id, confirmed, clock(now), List.of(), List.of(), transactions, "bench");
        List<Receipt> receipts = new ArrayList<>();
        long processor = PROCESS.getProcessCpuTime();
        long begun = System.nanoTime();
        server.sync(new Grant("bench", Set.of(SCOPE), false), request, frame -> {
            if (frame instanceof Opening opening) {
                timeline = opening.timeline();
            } else if (frame instanceof Cut cut) {
                receipts.addAll(cut.receipts());
            }
        });
        Cost cost = new Cost((System.nanoTime() - begun) / 1e9, (PROCESS.getProcessCpuTime() - processor) / 1e9);
        sender.accepted += receipts.stream()
                .filter(receipt -> receipt.outcome() instanceof Outcome.Applied)
                .count();
        return cost;
    }

    private static DeviceClock clock(long millis) {
        return new DeviceClock(millis, millis, "boot");
    }

    @Override
    public void close() {
        server.close();
    }
}
