package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.HOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue for other people's servers; the server is a function here. */
class SyncQueueTest {
    private static final ItemCodec<String> TEXT = new TextCodec();

    @TempDir
    Path folder;

    private final List<String> sent = new ArrayList<>();
    private final List<List<String>> batches = new ArrayList<>();
    /** What the server says of an item, next time; done if nothing. */
    private final Map<String, List<ItemOutcome>> answers = new HashMap<>();

    private WorkRoom room;
    private SyncQueue<String> queue;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
    }

    @AfterEach
    void close() {
        room.close();
    }

    private ItemOutcome answer(QueueItem<String> item, WorkContext run) {
        sent.add(item.value());
        List<ItemOutcome> next = answers.getOrDefault(item.value(), List.of());
        if (next.isEmpty()) {
            return ItemOutcome.done();
        }
        answers.put(item.value(), next.subList(1, next.size()));
        return next.get(0);
    }

    private QueueOptions<String> options() {
        ItemService<String> each = ItemService.each(this::answer);
        ItemService<String> service = (batch, run) -> {
            batches.add(batch.stream().map(QueueItem::value).toList());
            return each.send(batch, run);
        };
        return QueueOptions.of("orders", TEXT, service).withBackoff(Backoff.linear(10_000));
    }

    private void start(QueueOptions<String> options) {
        room.open();
        queue = SyncQueue.open(room.scheduler(), options);
    }

    private void enqueue(String value, String key) {
        queue.enqueue(NewItem.of(value).withIdempotencyKey("id-" + value).withKey(key));
    }

    private ItemState state(String value) {
        return queue.find("id-" + value).orElseThrow().state();
    }

    @Test
    void itemsAreSentInOrderAndInBatchesByOneWork() {
        start(options().withBatch(4));
        IntStream.range(0, 10).forEach(i -> queue.enqueue("" + i));
        assertThat(room.number("select count(*) from godwit_work")).isEqualTo(1);
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(sent).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(batches).extracting(List::size).containsExactly(4, 4, 2);
        assertThat(queue.size(ItemState.PROCESSED)).isEqualTo(10);
        assertThat(queue.size(ItemState.WAITING)).isZero();
    }

    @Test
    void theSameIdempotencyKeyTwiceIsOneItemAlsoWhenItWasProcessed() {
        room.limits = room.limits.with("queueRemembered", 2);
        start(options());
        NewItem<String> item = NewItem.of("a").withIdempotencyKey("k");
        assertThat(queue.enqueue(item)).isEqualTo(new Queued("k", true, ItemState.WAITING));
        assertThat(queue.enqueue(item)).isEqualTo(new Queued("k", false, ItemState.WAITING));
        room.driver.run();
        assertThat(queue.enqueue(item)).isEqualTo(new Queued("k", false, ItemState.PROCESSED));
        room.driver.run();
        assertThat(sent).containsExactly("a");
        for (String later : List.of("b", "c")) {
            room.clock.advance(1);
            queue.enqueue(later);
            room.driver.run();
        }
        assertThat(queue.enqueue(item).isNew()).as("two were processed since").isTrue();
    }

    @Test
    void processedKeysAreForgottenWhenTheyAreCleared() {
        start(options());
        queue.enqueue(NewItem.of("a").withIdempotencyKey("k"));
        queue.enqueue(NewItem.of("rejected").withIdempotencyKey("r"));
        answers.put("rejected", List.of(ItemOutcome.rejected("no")));
        room.driver.run();
        queue.clearProcessed();
        assertThat(queue.find("k")).isEmpty();
        assertThat(queue.find("r")).isPresent();
    }

    @Test
    void aRejectedItemIsParkedAndHoldsOnlyItsKey() {
        start(options());
        answers.put("a1", List.of(ItemOutcome.rejected("no such customer")));
        enqueue("a1", "a");
        enqueue("b1", "b");
        enqueue("a2", "a");
        enqueue("b2", "b");
        room.driver.advance(HOUR);
        assertThat(sent).containsExactly("a1", "b1", "b2");
        assertThat(queue.list(ItemState.PARKED, 9))
                .singleElement()
                .satisfies(parked -> assertThat(parked.reason()).isEqualTo("no such customer"));
        assertThat(queue.value("id-a1")).contains("a1");
        assertThat(state("a2")).isEqualTo(ItemState.WAITING);
        assertThat(queue.explain(ZoneOffset.UTC)).startsWith("1 item waits, 1 parked; succeeded");
        assertThat(queue.retry("id-a1")).isTrue();
        assertThat(queue.retry("id-a1")).isFalse();
        room.driver.run();
        assertThat(sent).containsExactly("a1", "b1", "b2", "a1", "a2");
    }

    @Test
    void aDroppedItemLetsThoseBehindItGo() {
        start(options());
        answers.put("a1", List.of(ItemOutcome.rejected("no")));
        enqueue("a1", "a");
        enqueue("a2", "a");
        room.driver.run();
        assertThat(queue.drop("id-a1")).isTrue();
        assertThat(queue.drop("id-a1")).isFalse();
        room.driver.run();
        assertThat(sent).containsExactly("a1", "a2");
    }

    @Test
    void withoutAKeyARejectedItemHoldsNobodyAndOneToBeRetriedHoldsAll() {
        start(options());
        answers.put("1", List.of(ItemOutcome.rejected("no")));
        answers.put("2", List.of(ItemOutcome.retry("busy")));
        for (String value : List.of("1", "2", "3")) {
            queue.enqueue(value);
        }
        enqueue("a1", "a");
        room.driver.run();
        assertThat(sent).containsExactly("1", "2", "a1");
        room.driver.advance(10_000);
        assertThat(sent).containsExactly("1", "2", "a1", "2", "3");
    }

    @Test
    void anItemThatIsToBeRetriedHoldsItsKeyForItsBackoffAndANewItemDoesNotWait() {
        start(options());
        answers.put("a1", List.of(ItemOutcome.retry("locked"), ItemOutcome.retry("locked")));
        enqueue("a1", "a");
        enqueue("a2", "a");
        room.driver.run();
        enqueue("b1", "b");
        room.driver.run();
        assertThat(sent).containsExactly("a1", "b1");
        room.driver.advance(HOUR);
        assertThat(sent).containsExactly("a1", "b1", "a1", "a1", "a2");
        assertThat(queue.work().orElseThrow().attempts())
                .as("of the work: the server answered")
                .isZero();
    }

    @Test
    void anItemThatFailsTooOftenIsParked() {
        start(options().withAttempts(2));
        answers.put("a1", List.of(ItemOutcome.retry("locked"), ItemOutcome.retry("still locked")));
        enqueue("a1", "a");
        room.driver.advance(HOUR);
        assertThat(queue.find("id-a1").orElseThrow().reason())
                .isEqualTo("all 2 attempts failed, the last: still locked");
        queue.retryAll();
        room.driver.run();
        assertThat(state("a1")).isEqualTo(ItemState.PROCESSED);
    }

    @Test
    void aServerThatNamesATimeIsLeftInPeaceUntilThen() {
        start(options());
        answers.put("a1", List.of(new ItemOutcome.RetryAfter(HOUR, "maintenance")));
        enqueue("a1", "a");
        enqueue("b1", "b");
        room.driver.run();
        enqueue("c1", "c");
        assertThat(room.driver.run()).as("a new item does not shorten it").isZero();
        room.driver.advance(HOUR - 1);
        assertThat(sent).containsExactly("a1");
        room.driver.advance(1);
        assertThat(sent).containsExactly("a1", "a1", "b1", "c1");
        assertThat(queue.find("id-a1").orElseThrow().attempts()).isZero();
    }

    @Test
    void withoutAnAnswerTheSameKeysAreSentAgainAfterTheBackoff() {
        List<String> keys = new ArrayList<>();
        start(QueueOptions.of("orders", TEXT, (batch, run) -> {
                    batch.forEach(item -> keys.add(item.idempotencyKey()));
                    if (keys.size() <= 2) {
                        throw new IOException("reset");
                    }
                    return List.of(ItemOutcome.done(), ItemOutcome.done());
                })
                .withBackoff(Backoff.linear(10_000)));
        queue.enqueue("a");
        queue.enqueue("b");
        room.driver.run();
        assertThat(queue.explain(ZoneOffset.UTC)).contains("2 items wait", "reset");
        room.driver.advance(10_000);
        assertThat(keys).hasSize(4);
        assertThat(keys.subList(0, 2)).isEqualTo(keys.subList(2, 4)).doesNotHaveDuplicates();
        assertThat(queue.size(ItemState.PROCESSED)).isEqualTo(2);
    }

    @Test
    void aLoginIsWaitedFor() {
        start(options());
        answers.put("a1", List.of(new ItemOutcome.NeedsLogin("token expired")));
        enqueue("a1", "a");
        enqueue("b1", "b");
        room.driver.advance(HOUR);
        assertThat(sent).containsExactly("a1");
        assertThat(queue.explain(ZoneOffset.UTC)).contains("waiting for a login", "token expired");
        room.scheduler().loggedIn();
        room.driver.run();
        assertThat(sent).containsExactly("a1", "a1", "b1");
    }

    @Test
    void aKillBetweenTheAnswerAndTheRemovalSendsTheSameKeyAgain() {
        room.change = SchedulerOptions::asOnlyProcess;
        List<String> keys = new ArrayList<>();
        start(QueueOptions.of("orders", TEXT, (batch, run) -> {
            keys.add(batch.get(0).idempotencyKey());
            if (keys.size() == 1) {
                room.driver.kill(); // the server has it, the process dies before it says so
            }
            return List.of(ItemOutcome.done());
        }));
        String key = queue.enqueue("a").idempotencyKey();
        assertThatThrownBy(() -> room.driver.run()).hasMessageContaining("closed");
        QueueOptions<String> again = QueueOptions.of("orders", TEXT, (batch, run) -> {
            keys.add(batch.get(0).idempotencyKey());
            return List.of(ItemOutcome.done());
        });
        start(again);
        room.driver.run();
        assertThat(keys).containsExactly(key, key);
    }

    @Test
    void anItemIsThereTogetherWithTheDataOfItsTransaction() {
        start(options());
        room.sql("create table note (text text)");
        try (SqliteConnection own = room.connect()) {
            own.execute("begin immediate; insert into note values ('a')");
            queue.enqueue(own, NewItem.of("a"));
            own.execute("rollback; begin immediate; insert into note values ('b')");
            queue.enqueue(own, NewItem.of("b"));
            own.execute("commit");
        }
        room.driver.run();
        assertThat(sent).containsExactly("b");
    }

    @Test
    void whatArrivesWhenTheRunHasJustPutItselfOffDoesNotWait() {
        room.worker("after", context -> {
            // the queue's run is over, and the scheduler has not taken that in
            try (SqliteConnection own = room.connect()) {
                own.execute("begin immediate");
                queue.enqueue(own, NewItem.of("late").withKey("b"));
                own.execute("commit");
            }
            return WorkOutcome.success();
        });
        start(options().withBackoff(Backoff.linear(HOUR)));
        answers.put("a1", List.of(ItemOutcome.retry("locked")));
        enqueue("a1", "a");
        room.clock.advance(1);
        room.enqueue(WorkRequest.of("after"));
        room.driver.run();
        assertThat(sent).containsExactly("a1", "late");
    }

    @Test
    void aCancelledWorkKeepsTheItemsUntilTheNextStart() {
        start(options());
        enqueue("a1", "a");
        room.scheduler().cancel(queue.work().orElseThrow().id());
        room.driver.run();
        assertThat(sent).isEmpty();
        room.driver.close();
        start(options());
        room.driver.run();
        assertThat(sent).containsExactly("a1");
    }

    @Test
    void itemsThatCannotBeReadAreParkedAndTheOthersGoOn() {
        start(options());
        queue.enqueue("unreadable 1");
        queue.enqueue("good");
        room.driver.run();
        assertThat(sent).containsExactly("good");
        assertThat(queue.list(ItemState.PARKED, 9).get(0).reason())
                .contains("12 bytes cannot be read", "another release");
    }

    @Test
    void aServiceThatDoesNothingOrTooMuchIsARunThatFails() {
        List<ItemOutcome> said = new ArrayList<>();
        start(QueueOptions.of("orders", TEXT, (batch, run) -> said));
        queue.enqueue("a");
        room.driver.run();
        assertThat(queue.work().orElseThrow().reason()).isEqualTo("the service tried none of 1 items");
        said.addAll(List.of(ItemOutcome.done(), ItemOutcome.done()));
        queue.retryAll();
        room.driver.run();
        assertThat(queue.work().orElseThrow().reason()).isEqualTo("the service gave 2 outcomes for 1 items");
        assertThat(queue.size(ItemState.WAITING)).isEqualTo(1);
    }

    @Test
    void aLongQueueGivesItsThreadBackBeforeItsTimeOut() {
        ItemService<String> slow = ItemService.each((item, run) -> {
            room.clock.advance(100_000);
            return answer(item, run);
        });
        start(QueueOptions.of("orders", TEXT, slow).withBatch(1));
        IntStream.range(0, 20).forEach(i -> queue.enqueue("" + i));
        assertThat(room.driver.run())
                .as("five with four items each, and one that finds none")
                .isEqualTo(6);
        assertThat(sent).hasSize(20);
        assertThat(queue.work().orElseThrow().stops()).isZero();
    }

    @Test
    void aStopEndsTheBatchAndCostsNothing() {
        start(QueueOptions.of("orders", TEXT, ItemService.each((item, run) -> {
            if (item.value().equals("1")) {
                room.flags.set(Fact.CONNECTED, false);
                room.driver.look();
            }
            return answer(item, run);
        })));
        room.flags.set(Fact.CONNECTED, true);
        IntStream.range(0, 4).forEach(i -> queue.enqueue("" + i));
        room.driver.run();
        assertThat(sent).containsExactly("0", "1");
        assertThat(queue.size(ItemState.PROCESSED)).isEqualTo(2);
        room.flags.set(Fact.CONNECTED, true);
        room.driver.run();
        assertThat(sent).containsExactly("0", "1", "2", "3");
    }

    @Test
    void tablesOfAnotherShapeAreSetAside() {
        room.sql(
                "create table godwit_queue (id integer primary key, nonsense text); insert into godwit_queue values (1, 'x')");
        start(options());
        assertThat(room.troubles).singleElement().asString().contains("set aside as godwit_queue_aside_1");
        queue.enqueue("a");
        room.driver.run();
        assertThat(sent).containsExactly("a");
        assertThat(room.number("select count(*) from godwit_queue_aside_1")).isEqualTo(1);
    }

    @Test
    void aQueueGoesOnWhenTheSchedulersTablesWereMadeAnew() {
        start(options());
        room.flags.set(Fact.CONNECTED, false);
        queue.enqueue("a");
        room.sql("alter table godwit_work drop column dirty");
        room.flags.set(Fact.CONNECTED, true);
        room.driver.run();
        assertThat(room.troubles).hasSize(1);
        assertThat(sent).containsExactly("a");
    }

    @Test
    void boundsAreHeldAndNameThemselves() {
        room.limits = room.limits
                .with("queueItems", 2)
                .with("itemBytes", 3)
                .with("nameChars", 12)
                .with("batchItems", 2);
        start(options());
        assertThatThrownBy(() -> queue.enqueue("four"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queue orders: bytes of item : 4 is above the limit itemBytes of 3");
        assertThatThrownBy(() -> queue.enqueue(NewItem.of("a").withKey("1234567890123")))
                .hasMessageContaining("limit nameChars of 12");
        assertThatThrownBy(() -> queue.enqueue(NewItem.of("a").withIdempotencyKey("1234567890123")))
                .hasMessageContaining("limit nameChars of 12");
        queue.enqueueAll(List.of(NewItem.of("abc").withKey("123456789012"), NewItem.of("b")));
        assertThatThrownBy(() -> queue.enqueue("c"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("queue orders has 2 items, the limit queueItems of 2");
        assertThat(queue.size(ItemState.WAITING)).isEqualTo(2);
        room.driver.run();
        queue.enqueueAll(List.of(NewItem.of("c"), NewItem.of("d")));
        room.driver.run();
        assertThat(sent).containsExactly("abc", "b", "c", "d");
        assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSize(2));
    }

    @Test
    void aBatchHasABoundOfBytesAndAtLeastOneItem() {
        room.limits = room.limits.with("batchBytes", 4);
        start(options());
        queue.enqueueAll(List.of(NewItem.of("12345"), NewItem.of("12"), NewItem.of("34"), NewItem.of("5")));
        room.driver.run();
        assertThat(batches).containsExactly(List.of("12345"), List.of("12", "34"), List.of("5"));
    }

    @Test
    void badItemsAndOptionsAreRefused() {
        assertThatThrownBy(() -> NewItem.of("a").withKey(" ")).hasMessageContaining("serial key");
        assertThatThrownBy(() -> NewItem.of("a").withIdempotencyKey("")).hasMessageContaining("idempotency key");
        assertThatThrownBy(() -> options().withBatch(-1)).hasMessageContaining("queue orders");
        assertThatThrownBy(() -> QueueOptions.of(" ", TEXT, ItemService.each(this::answer)))
                .hasMessageContaining("name");
    }
}
