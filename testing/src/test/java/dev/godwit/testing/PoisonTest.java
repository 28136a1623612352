package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import dev.godwit.server.RowValidator;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A transaction that the server never takes, or that always makes it fail, between good ones: it is put aside and they go on. */
@Timeout(120)
class PoisonTest {
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text not null);";

    @TempDir
    Path folder;

    private InProcessServer server(Limits limits, RowValidator... validators) {
        return new InProcessServer(folder.resolve("server.db"), SCHEMA, limits, List.of(validators), 1);
    }

    private Godwit device(InProcessServer server, FaultyTransport way) {
        return Godwit.open(GodwitOptions.of(folder.resolve("a.db").toString(), Fleet.DRIVER)
                .withSchema(SCHEMA)
                .withScopes("red")
                .withDevice(new ManualDevice(1, server.wallMillis()))
                .withTransport(way));
    }

    private static FaultyTransport way(InProcessServer server) {
        return new FaultyTransport(server, new Grant("ann", Set.of("red"), false));
    }

    private static void insert(Godwit db, String id, String title) {
        db.write(tx -> tx.run("insert into task values (?, 'red', ?)", id, title));
    }

    private static List<String> onServer(InProcessServer server) {
        return OverHttp.everything(server.file()).stream()
                .filter(row -> row.startsWith("task "))
                .map(row -> row.split("'")[1])
                .toList();
    }

    /** Five transactions, of which the third is bad and the fourth builds on it; what comes of them. */
    private List<OutboxEntry> sendFive(InProcessServer server, String badTitle) {
        FaultyTransport way = way(server);
        try (Godwit db = device(server, way)) {
            insert(db, "1", "fine");
            insert(db, "2", "fine");
            insert(db, "3", badTitle);
            db.write(tx -> tx.run("update task set title = title || ' and on' where id = '3'"));
            insert(db, "5", "fine");
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(result.parked()).isEqualTo(2);
            assertThat(result.message()).contains("2 transactions were refused");
            assertThat(onServer(server)).containsExactly("1", "2", "5");
            insert(db, "6", "later");
            int before = way.exchanges();
            assertThat(db.sync().isSynced()).isTrue();
            assertThat(way.exchanges() - before)
                    .as("the bad one is not sent again")
                    .isEqualTo(1);
            assertThat(onServer(server)).containsExactly("1", "2", "5", "6");
            List<OutboxEntry> parked = db.outbox();
            assertThat(parked).extracting(OutboxEntry::status).containsExactly("parked", "parked");
            assertThat(db.describe(parked.get(0).id())).first().asString().contains("task", "'3'");
            return parked;
        }
    }

    @Test
    void aTransactionThatARuleRefusesForGoodIsParkedWithTheRulesWordsAndThoseThatBuildOnIt() {
        try (InProcessServer server = server(
                Limits.DEFAULT,
                (table, before, after) -> after != null && after.contains(Value.of("never"))
                        ? Optional.of("Choose another title.")
                        : Optional.empty())) {
            List<OutboxEntry> parked = sendFive(server, "never");
            assertThat(parked.get(0).reason()).isEqualTo("Choose another title.");
            assertThat(parked.get(1).reason()).contains("builds on");
        }
    }

    @Test
    void aTransactionThatAlwaysMakesTheServerFailIsTriedABoundedNumberOfTimesAndParked() {
        AtomicInteger tries = new AtomicInteger();
        try (InProcessServer server = server(Limits.DEFAULT, (table, before, after) -> {
            if (after != null && after.contains(Value.of("boom"))) {
                tries.incrementAndGet();
                throw new IndexOutOfBoundsException("broken rule");
            }
            return Optional.empty();
        })) {
            List<OutboxEntry> parked = sendFive(server, "boom");
            assertThat(parked.get(0).reason()).isNotEmpty().doesNotContain("broken rule");
            assertThat(tries.get()).isBetween(1, 5);
        }
    }

    @Test
    void soIsOneThatMakesARuleFailWithAnErrorAndTheServerGoesOn() {
        try (InProcessServer server = server(Limits.DEFAULT, (table, before, after) -> {
            if (after != null && after.contains(Value.of("boom"))) {
                throw new AssertionError("broken rule");
            }
            return Optional.empty();
        })) {
            List<OutboxEntry> parked = sendFive(server, "boom");
            assertThat(parked.get(0).reason()).isNotEmpty().doesNotContain("broken rule");
        }
    }

    @Test
    void aRowThatIsTooLargeForTheServerIsParkedByTheNameOfTheLimit() {
        try (InProcessServer server = server(TestLimits.with("valueBytes", 100))) {
            List<OutboxEntry> parked = sendFive(server, "x".repeat(101));
            assertThat(parked.get(0).reason()).contains("valueBytes");
        }
    }

    @Test
    void aRequestThatIsTooLargeForTheServerIsToldByTheNameOfTheLimitAndKept() throws Exception {
        Limits small = Limits.DEFAULT.with("requestBytes", 2_000);
        try (OverHttp over = new OverHttp(folder, small, null);
                OverHttp.Connected device = over.device("a")) {
            for (int i = 0; i < 40; i++) {
                device.write("k" + i, "a title of some length " + i * 7919 * 7919);
            }
            SyncResult result = device.db().sync();
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message()).contains("requestBytes", "#too-large");
            assertThat(device.db().status().pending()).isEqualTo(40);
        }
    }
}
