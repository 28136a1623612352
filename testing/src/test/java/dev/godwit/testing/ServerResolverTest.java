package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import dev.godwit.merge.Resolver;
import dev.godwit.model.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Resolvers on the server: what they are asked, and that one that fails parks its transaction and nothing else. */
class ServerResolverTest {
    private static final String SCHEMA = """
            create table item (id text primary key, team text scope not null, plain text, price integer custom);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesThatHaveTheSameItem() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, TestLimits.with("resolverMillis", 2_000));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item (id, team, plain, price) values ('i', 'red', 'p', 10)");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void resolveWith(Resolver resolver) {
        fleet.server.restart(options -> options.withResolver("ITEM", "Price", resolver));
    }

    /** B's price arrives first; A's comes with a transaction before it and one behind it, all in one push. */
    private void pricesMeet() {
        b.run("update item set price = 13");
        b.synced();
        a.run("insert into item (id, team, price) values ('before', 'red', 1)");
        a.run("update item set price = 12 where id = 'i'");
        a.run("insert into item (id, team, price) values ('behind', 'red', 2)");
        a.sync();
    }

    private OutboxEntry parked() {
        assertThat(a.db.outbox()).hasSize(1);
        OutboxEntry entry = a.db.outbox().get(0);
        assertThat(entry.status()).isEqualTo("parked");
        assertThat(fleet.onServer("select id, price from item order by id"))
                .as("the others of the same push are applied")
                .containsExactly("['before', 1]", "['behind', 2]", "['i', 13]");
        b.synced();
        assertThat(b.all("select id, price from item order by id"))
                .containsExactly("['before', 1]", "['behind', 2]", "['i', 13]");
        return entry;
    }

    private static Value sum(Resolver.Clash clash) {
        return Value.of(
                clash.ours().asLong() + clash.theirs().asLong() - clash.base().asLong());
    }

    @Test
    void isAskedWithWhatIsStoredWhatArrivesAndWhatThatReplaced() {
        List<Resolver.Clash> asked = new CopyOnWriteArrayList<>();
        resolveWith(clash -> {
            asked.add(clash);
            return sum(clash);
        });
        pricesMeet();
        assertThat(asked).singleElement().satisfies(clash -> {
            assertThat(clash.table() + "." + clash.column() + " " + clash.key()).isEqualTo("item.price 'i'");
            assertThat(clash.base() + " " + clash.ours() + " " + clash.theirs()).isEqualTo("10 13 12");
            assertThat(clash.ourSubject() + " " + clash.theirSubject()).isEqualTo("user-b user-a");
        });
        b.synced();
        a.synced();
        for (Fleet.Member member : List.of(a, b)) {
            assertThat(member.one("select price from item where id = 'i'"))
                    .as(member.name)
                    .isEqualTo("15");
            assertThat(member.one("select state || ' ' || mine || ' ' || theirs || ' ' || winner from godwit_conflict"))
                    .isEqualTo("decided 12 13 15");
        }
    }

    @Test
    void isNotAskedAboutWritesThatHadSeenTheCell() {
        resolveWith(clash -> {
            throw new IllegalStateException("nobody should ask");
        });
        b.run("update item set price = 13");
        b.synced();
        a.synced();
        a.run("update item set price = 12");
        a.synced();
        assertThat(fleet.onServer("select price from item")).containsExactly("[12]");
    }

    @Test
    void oneThatThrowsParksItsTransactionAndNothingElseAndARetryAfterTheMendSucceeds() {
        resolveWith(clash -> {
            throw new IllegalStateException("no price list today");
        });
        pricesMeet();
        OutboxEntry entry = parked();
        assertThat(entry.reason()).contains("item", "price", "no price list today");
        resolveWith(ServerResolverTest::sum);
        a.db.retry(entry.id());
        a.synced();
        assertThat(a.db.outbox()).isEmpty();
        b.synced();
        assertThat(b.one("select price from item where id = 'i'"))
                .as("the retry is a write that has seen what is stored")
                .isEqualTo(a.one("select price from item where id = 'i'"));
    }

    @Test
    void oneThatThrowsWhatNobodyDeclaredOrAnswersNothingParksAtOnce() {
        resolveWith(clash -> {
            throw ServerResolverTest.<RuntimeException>undeclared(new java.io.IOException("the list is torn"));
        });
        pricesMeet();
        assertThat(parked().reason()).contains("the list is torn");
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> E undeclared(Exception failure) throws E {
        throw (E) failure;
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake that is tried
    void oneThatAnswersNothingParks() {
        resolveWith(clash -> null);
        pricesMeet();
        assertThat(parked().reason()).contains("null");
    }

    @Test
    void oneThatHangsIsCutOffAndInterrupted() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        resolveWith(clash -> {
            try {
                never.await();
            } catch (InterruptedException stop) {
                interrupted.countDown();
            }
            return clash.theirs();
        });
        pricesMeet();
        assertThat(parked().reason()).contains("resolverMillis = 2000");
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneThatHangsForGoodCostsItsTimeOnce() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        resolveWith(clash -> {
            asked.incrementAndGet();
            while (never.getCount() > 0) {
                try {
                    never.await();
                } catch (InterruptedException deaf) {
                    Thread.interrupted();
                }
            }
            return clash.theirs();
        });
        try {
            b.run("update item set price = 13");
            b.synced();
            List<OutboxEntry> parked = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                a.run("update item set price = ?", 20 + i);
            }
            a.sync();
            parked.addAll(a.db.outbox());
            assertThat(parked).hasSize(3).allMatch(entry -> entry.status().equals("parked"));
            assertThat(asked).hasValue(1);
            assertThat(parked.get(2).reason()).contains("still");
        } finally {
            never.countDown();
        }
    }

    @Test
    void oneThatIsNotPureIsCaughtWhenAskedTwice() {
        AtomicInteger calls = new AtomicInteger();
        fleet.server.restart(options -> options.withResolver(
                        "item", "price", clash -> Value.of((long) calls.incrementAndGet()))
                .withResolversTwice());
        pricesMeet();
        assertThat(parked().reason()).contains("two answers", "pure");
        assertThat(calls).hasValue(2);
    }

    @Test
    void oneThatIsMissingParksAndARetryAfterItIsRegisteredSucceeds() {
        pricesMeet();
        OutboxEntry entry = parked();
        assertThat(entry.reason()).contains("no resolver is registered");
        resolveWith(ServerResolverTest::sum);
        a.db.retry(entry.id());
        a.synced();
        assertThat(a.db.outbox()).isEmpty();
        assertThat(fleet.onServer("select price from item where id = 'i'")).containsExactly("[12]");
    }

    @Test
    void anAnswerThatIsTooLongParks() {
        fleet.close();
        fleet = new Fleet(folder.resolve("small"), SCHEMA, TestLimits.with("valueBytes", 100));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item (id, team, plain, price) values ('i', 'red', 'p', 10)");
        a.synced();
        b.synced();
        resolveWith(clash -> Value.of("é".repeat(60)));
        pricesMeet();
        assertThat(parked().reason()).contains("valueBytes = 100");
    }
}
