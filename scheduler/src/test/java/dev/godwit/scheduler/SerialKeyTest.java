package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.HOUR;
import static dev.godwit.scheduler.WorkRoom.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Works of one key run in order, and hold up nobody else. */
class SerialKeyTest {
    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
    }

    @AfterEach
    void close() {
        room.close();
    }

    private static WorkRequest keyed(String label, String key) {
        return WorkRoom.labelled("w", label).withKey(key);
    }

    @Test
    void worksOfOneKeyRunInTheOrderOfTheirEnqueueing() {
        room.worker("w").open();
        room.enqueue(keyed("a1", "a"));
        room.enqueue(keyed("a2", "a").withPriority(100));
        room.enqueue(keyed("b1", "b").withPriority(50));
        room.driver.run();
        assertThat(room.runs).containsExactly("b1", "a1", "a2");
    }

    @Test
    void aBackoffHoldsItsKeyAndNoOther() {
        room.worker("w", context -> room.runs.size() == 1 ? WorkOutcome.retry("no") : WorkOutcome.success());
        room.open();
        room.enqueue(keyed("a1", "a"));
        WorkId second = room.enqueue(keyed("a2", "a"));
        room.enqueue(keyed("b1", "b"));
        room.driver.run();
        assertThat(room.runs).containsExactlyInAnyOrder("a1", "b1");
        assertThat(room.work(second).isBehindKey()).isTrue();
        room.driver.advance(MINUTE);
        assertThat(room.runs).containsExactly("a1", "b1", "a1", "a2");
    }

    @Test
    void aParkedWorkLetsThoseBehindItGoOn() {
        room.worker("w", context -> room.runs.size() == 1 ? WorkOutcome.failed("no") : WorkOutcome.success());
        room.open();
        room.enqueue(keyed("a1", "a"));
        room.enqueue(keyed("a2", "a"));
        room.driver.run();
        assertThat(room.runs).containsExactly("a1", "a2");
    }

    @Test
    void aParkedWorkStopsItsKeyIfSoWished() {
        room.worker("w", context -> room.runs.size() == 1 ? WorkOutcome.failed("no") : WorkOutcome.success());
        room.open();
        WorkId first = room.enqueue(keyed("a1", "a").withKeyRule(KeyRule.STOP));
        room.enqueue(keyed("a2", "a"));
        room.driver.run();
        room.enqueue(keyed("a3", "a"));
        room.driver.run();
        assertThat(room.runs).containsExactly("a1");
        room.scheduler().cancel(first);
        room.driver.run();
        assertThat(room.runs).containsExactly("a1", "a2", "a3");
    }

    @Test
    void aCancelledRunStillHoldsItsKeyUntilItReturns() {
        room.worker("w", context -> {
            if (room.runs.size() == 1) {
                room.scheduler().cancel(context.id());
                room.driver.look();
                assertThat(room.number("select count(*) from godwit_work where state = 1"))
                        .as("the next of the key must not run beside it")
                        .isZero();
            }
            return WorkOutcome.success();
        });
        room.open();
        room.enqueue(keyed("a1", "a"));
        room.enqueue(keyed("a2", "a"));
        room.driver.run();
        assertThat(room.runs).containsExactly("a1", "a2");
    }

    @Test
    void aPeriodicWorkHoldsItsKeyOnlyWhileItRuns() {
        room.worker("w").open();
        room.enqueue(keyed("tick", "a").withPeriod(Period.every(HOUR)));
        room.enqueue(keyed("a1", "a"));
        room.driver.run();
        assertThat(room.runs).containsExactly("tick", "a1");
    }

    @Test
    void workBehindNobodyIsFoundWhenTheFileIsOpened() {
        room.worker("w").open();
        room.enqueue(keyed("a1", "a"));
        room.enqueue(keyed("a2", "a"));
        room.driver.close();
        room.sql("delete from godwit_work where id = (select min(id) from godwit_work)");
        room.open();
        room.driver.run();
        assertThat(room.runs).containsExactly("a2");
    }

    @Test
    void randomKeysAndFailuresKeepTheirOrderAndLoseNothing() {
        long seed = Long.getLong("seed", 42);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<String, List<String>> done = new TreeMap<>();
        int[] failures = new int[1];
        room.worker("w", context -> {
            if (random.nextInt(3) == 0) {
                failures[0]++;
                return random.nextBoolean()
                        ? WorkOutcome.retry("chance")
                        : new WorkOutcome.DeferFor(random.nextInt(90_000));
            }
            String label = context.input().text("label").orElse("");
            done.computeIfAbsent(label.substring(0, 1), k -> new ArrayList<>()).add(label.substring(1));
            return WorkOutcome.success();
        });
        room.open();
        int[] count = new int[4];
        for (int i = 0; i < 120; i++) {
            int key = random.nextInt(4);
            WorkRequest request = keyed("abcd".charAt(key) + "" + count[key]++, "k" + key)
                    .withBudget(Budget.DEFAULT.withAttempts(0))
                    .withPriority(random.nextInt(100));
            room.enqueue(random.nextInt(4) == 0 ? request.withDelay(random.nextInt(60_000)) : request);
            if (random.nextInt(5) == 0) {
                room.driver.advance(random.nextInt(30_000));
            }
            if (random.nextInt(20) == 0) {
                room.driver.close();
                room.open();
            }
        }
        room.driver.advance(240 * HOUR);
        for (int key = 0; key < 4; key++) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < count[key]; i++) {
                expected.add("" + i);
            }
            assertThat(done.get("" + "abcd".charAt(key))).isEqualTo(expected);
        }
        assertThat(failures[0]).as("failures met").isGreaterThan(20);
    }
}
