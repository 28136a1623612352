package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.ConflictResolver;
import dev.godwit.client.SyncResult;
import dev.godwit.merge.Resolver;
import dev.godwit.model.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Resolvers on the device that lost: by column, and over whole rows as records. */
class DeviceResolverTest {
    private static final String SCHEMA = """
            create table item (id text primary key, team text scope not null, plain text, address text manual,
              phone text manual, floor integer manual, poem text three_way);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    record Item(
            String id,
            String team,
            @Nullable String address,
            @Nullable String phone,
            @Nullable Integer floor) {}

    record Small(String id, @Nullable String address, int floor) {}

    @BeforeEach
    void twoDevicesThatHaveTheSameItem() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, TestLimits.with("resolverMillis", 2_000));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item (id, team, address, poem) values ('i', 'red', 'here', 'l1')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** A writes, B's write arrives first, and A's sync loses; B hears of what A makes of it. */
    private SyncResult meet(String byA, String byB) {
        a.run("update item set " + byA);
        b.run("update item set " + byB);
        b.synced();
        SyncResult result = a.sync();
        b.synced();
        return result;
    }

    private void resolveOnA(String column, Resolver resolver) {
        a.reopenWith(options -> options.withResolver("Item", column, resolver));
    }

    private void resolveOnA(ConflictResolver<Item> resolver) {
        a.reopenWith(options -> options.withResolver(Item.class, "item", resolver));
    }

    private void everywhere(String sql, String expected) {
        assertThat(a.one(sql)).as("on a").isEqualTo(expected);
        assertThat(b.one(sql)).as("on b").isEqualTo(expected);
        assertThat(fleet.onServer(sql).toString().replace("'", ""))
                .as("on the server")
                .isEqualTo("[[" + expected + "]]");
    }

    private void undecided(int entries) {
        assertThat(a.db.inbox().undecided()).hasSize(entries);
        assertThat(b.db.inbox().undecided()).hasSize(entries);
    }

    private static final String ENTRY =
            "select col || ' ' || state || ' ' || coalesce(choice, '') from godwit_conflict";

    @Test
    void theLoserIsAskedAndTheAnswerIsSentInTheSameSync() {
        List<Resolver.Clash> asked = new CopyOnWriteArrayList<>();
        Resolver both = clash -> {
            asked.add(clash);
            return Value.of(clash.ours().asText() + "+" + clash.theirs().asText());
        };
        resolveOnA("Address", both);
        b.reopenWith(options -> options.withResolver("item", "address", both));
        SyncResult result = meet("address = 'a'", "address = 'b'");
        assertThat(result.isSynced()).isTrue();
        assertThat(result.pending()).isZero();
        assertThat(asked).as("by one of the two").singleElement().satisfies(clash -> {
            assertThat(clash.base() + " " + clash.ours() + " " + clash.theirs()).isEqualTo("'here' 'b' 'a'");
            assertThat(clash.ourSubject() + " " + clash.theirSubject()).isEqualTo("user-b user-a");
        });
        everywhere("select address from item", "b+a");
        everywhere(ENTRY, "address decided other");
        assertThat(a.db.status().lastSync())
                .hasValueSatisfying(last -> assertThat(last.cause()).isEqualTo("resolved"));
    }

    @Test
    void aDecisionThatCannotBeSentWaitsAndNobodyElseDecides() {
        AtomicInteger asked = new AtomicInteger();
        Resolver cutsTheLine = clash -> {
            asked.incrementAndGet();
            a.transport.fail(new FaultyTransport.Fault.RequestLost());
            return clash.theirs();
        };
        resolveOnA("address", cutsTheLine);
        b.reopenWith(options -> options.withResolver("item", "address", cutsTheLine));
        SyncResult result = meet("address = 'a'", "address = 'b'");
        assertThat(result.outcome()).isEqualTo(SyncResult.End.OFFLINE);
        assertThat(result.pending()).isEqualTo(1);
        assertThat(b.db.inbox().undecided()).as("b has the entry").hasSize(1);
        assertThat(asked).as("and was not asked about it").hasValue(1);
        a.synced();
        b.synced();
        everywhere("select address from item", "a");
        undecided(0);
    }

    @Test
    void theChoiceSaysWhoseValueWasTaken() {
        resolveOnA("address", Resolver.Clash::theirs);
        meet("address = 'a'", "address = 'b'");
        everywhere("select address from item", "a");
        everywhere(ENTRY, "address decided mine");
        resolveOnA("address", Resolver.Clash::ours);
        meet("address = 'a2'", "address = 'b2'");
        everywhere("select address from item", "b2");
        everywhere(ENTRY + " where mine = 'a2'", "address decided theirs");
    }

    @Test
    void threeWayColumnsAreAskedAboutWhatClashes() {
        resolveOnA(
                "poem",
                clash -> Value.of(clash.ours().asText() + "\n" + clash.theirs().asText()));
        meet("poem = 'A'", "poem = 'B'");
        everywhere("select poem from item", "B\nA");
        undecided(0);
    }

    @Test
    void severalLostWritesOfACellAreDecidedOneOnTopOfTheOther() {
        resolveOnA(
                "address",
                clash -> Value.of(clash.ours().asText() + clash.theirs().asText()));
        a.run("update item set address = 'x'");
        meet("address = 'y'", "address = 'b'");
        everywhere("select address from item", "bxy");
        undecided(0);
    }

    @Test
    void oneThatThrowsLeavesTheEntryAndStopsNothingElse() {
        AtomicInteger asked = new AtomicInteger();
        a.reopenWith(options -> options.withResolver("item", "address", clash -> {
                    asked.incrementAndGet();
                    throw new IllegalStateException("no idea");
                })
                .withResolver("item", "phone", Resolver.Clash::theirs));
        SyncResult result = meet("address = 'a', phone = '1'", "address = 'b', phone = '2'");
        assertThat(result.isSynced()).isTrue();
        everywhere("select address || phone from item", "b1");
        undecided(1);
        a.synced();
        assertThat(asked).as("not asked again, and so not logged again").hasValue(1);
        a.reopenWith(options -> options.withResolver("item", "address", Resolver.Clash::theirs));
        a.synced();
        b.synced();
        everywhere("select address from item", "a");
        undecided(0);
    }

    @Test
    void oneThatHangsIsCutOffInterruptedAndAskedNothingElseMeanwhile() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger interrupts = new AtomicInteger();
        a.reopenWith(options -> options.withResolver("item", "address", clash -> {
                    asked.incrementAndGet();
                    while (never.getCount() > 0) {
                        try {
                            never.await();
                        } catch (InterruptedException deaf) {
                            interrupts.incrementAndGet();
                        }
                    }
                    over.countDown();
                    return clash.theirs();
                })
                .withResolver("item", "phone", Resolver.Clash::theirs));
        a.run("update item set address = 'x'");
        meet("address = 'a', phone = '1'", "address = 'b', phone = '2'");
        assertThat(asked).hasValue(1);
        assertThat(interrupts).hasValue(1);
        everywhere("select address || phone from item", "b1");
        undecided(2);
        never.countDown();
        assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theDatabaseIsFreeWhileAResolverThinks() {
        resolveOnA("address", clash -> {
            a.run("update item set plain = 'written meanwhile'");
            return Value.of(a.one("select plain from item") + " " + a.db.sync().isSynced());
        });
        meet("address = 'a'", "address = 'b'");
        everywhere("select address from item", "written meanwhile true");
    }

    @Test
    void anAnswerToWhatIsNoLongerThereIsNotWritten() {
        AtomicInteger asked = new AtomicInteger();
        resolveOnA("address", clash -> {
            if (asked.incrementAndGet() == 1) {
                a.run("update item set address = 'changed meanwhile'");
            }
            return Value.of("after " + clash.ours().asText());
        });
        meet("address = 'a'", "address = 'b'");
        assertThat(a.one("select address from item")).isEqualTo("changed meanwhile");
        undecided(1);
        a.synced();
        b.synced();
        everywhere("select address from item", "after changed meanwhile");
        undecided(0);
    }

    @Test
    void oneThatIsNotPureIsCaughtWhenAskedTwice() {
        AtomicInteger calls = new AtomicInteger();
        a.reopenWith(options -> options.withResolver(
                        "item", "address", clash -> Value.of("answer " + calls.incrementAndGet()))
                .withResolver("item", "phone", Resolver.Clash::theirs)
                .withResolversTwice());
        meet("address = 'a', phone = '1'", "address = 'b', phone = '2'");
        assertThat(calls).hasValue(2);
        everywhere("select address || phone from item", "b1");
        undecided(1);
    }

    @Test
    void anAnswerThatTheColumnDoesNotTakeLeavesTheEntry() {
        resolveOnA("address", clash -> Value.of("x".repeat(17 << 20)));
        assertThat(meet("address = 'a'", "address = 'b'").isSynced()).isTrue();
        everywhere("select address from item", "b");
        undecided(1);
    }

    @Test
    void opensOnlyWithResolversThatCanBeAsked() {
        assertThatThrownBy(() -> resolveOnA("plain", Resolver.Clash::ours))
                .hasMessageContaining("item.plain is neither");
        assertThatThrownBy(() -> resolveOnA("adress", Resolver.Clash::ours)).hasMessageContaining("item.adress");
        assertThatThrownBy(() -> a.reopenWith(o -> o.withResolver("itme", "address", Resolver.Clash::ours)))
                .hasMessageContaining("itme");
        a.reopenWith(options -> options);
    }

    @Test
    void aRowIsDecidedWholeWithAllItsEntriesInOneTransaction() {
        List<Item> asked = new CopyOnWriteArrayList<>();
        resolveOnA((base, local, remote) -> {
            asked.addAll(List.of(base, local, remote));
            return new Item(remote.id(), remote.team(), local.address(), "both", remote.floor());
        });
        meet("address = 'a', phone = '1', floor = 1", "address = 'b', phone = '2', floor = 2");
        assertThat(asked)
                .containsExactly(
                        new Item("i", "red", "here", null, null),
                        new Item("i", "red", "a", "1", 1),
                        new Item("i", "red", "b", "2", 2));
        everywhere("select address || ' ' || phone || ' ' || floor from item", "a both 2");
        assertThat(b.all(ENTRY + " order by col"))
                .containsExactly("['address decided mine']", "['floor decided theirs']", "['phone decided other']");
        assertThat(a.db.transactions().list().get(0).tables()).contains("item", "godwit_conflict");
    }

    @Test
    void nullIsAValueLikeAnyOther() {
        resolveOnA((base, local, remote) -> Objects.equals(base.phone(), remote.phone())
                ? remote
                : new Item(local.id(), local.team(), null, local.phone(), local.floor()));
        b.run("update item set phone = '0'");
        b.synced();
        a.synced();
        meet("address = null, phone = null", "address = 'b', phone = '2'");
        everywhere(
                "select coalesce(address, 'no address') || ' ' || coalesce(phone, 'no phone') from item",
                "no address no phone");
        undecided(0);
    }

    @Test
    void aRecordThatCannotHoldTheRowLeavesTheEntriesAndOneThatCanDecidesThem() {
        a.reopenWith(options -> options.withResolver(Small.class, "item", (base, local, remote) -> local));
        assertThat(meet("address = 'a'", "address = 'b'").isSynced()).isTrue();
        undecided(1);
        resolveOnA((base, local, remote) -> local);
        a.synced();
        b.synced();
        everywhere("select address from item", "a");
    }

    @Test
    void anAnswerWithAnotherKeyLeavesTheEntries() {
        resolveOnA((base, local, remote) ->
                new Item("other", local.team(), local.address(), local.phone(), local.floor()));
        meet("address = 'a'", "address = 'b'");
        everywhere("select id || address from item", "ib");
        undecided(1);
    }

    @Test
    void aColumnsOwnResolverComesBeforeTheRows() {
        a.reopenWith(options -> options.withResolver("item", "address", clash -> Value.of("column"))
                .withResolver(
                        Item.class,
                        "item",
                        (base, local, remote) -> new Item("i", "red", remote.address(), "row", null))
                .withResolversTwice());
        meet("address = 'a', phone = '1'", "address = 'b', phone = '2'");
        everywhere("select address || ' ' || phone from item", "column row");
        undecided(0);
    }
}
