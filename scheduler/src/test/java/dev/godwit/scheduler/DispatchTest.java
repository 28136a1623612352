package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.scheduler.Dispatch.Busy;
import dev.godwit.scheduler.Dispatch.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What runs next, decided by values. */
class DispatchTest {
    private static final Busy IDLE = new Busy(Map.of(), Set.of());

    private static Candidate of(long id, long rank) {
        return new Candidate(id, "w", false, rank, null);
    }

    private static Candidate keyed(long id, @Nullable String key) {
        return new Candidate(id, "w", false, id, key);
    }

    private static List<Long> ids(List<Candidate> ready, Busy busy, int free, int perWorker) {
        return Dispatch.choose(ready, busy, free, perWorker).stream()
                .map(Candidate::id)
                .toList();
    }

    @Test
    void smallerRanksGoFirstAndEqualOnesInTheirOrder() {
        assertThat(ids(List.of(of(3, 5), of(2, 9), of(1, 5)), IDLE, 3, 9)).containsExactly(1L, 3L, 2L);
        assertThat(ids(List.of(of(3, 5), of(2, 9), of(1, 5)), IDLE, 2, 9)).containsExactly(1L, 3L);
    }

    @Test
    void anExpeditedOneGoesFirstAndBeyondTheThreads() {
        Candidate urgent = new Candidate(9, "w", true, 99, null);
        assertThat(ids(List.of(of(1, 1), urgent), IDLE, 1, 9)).containsExactly(9L);
        assertThat(ids(List.of(of(1, 1), urgent), IDLE, 0, 9)).containsExactly(9L);
        assertThat(ids(List.of(of(1, 1), urgent), IDLE, -1, 9)).isEmpty();
    }

    @Test
    void oneOfAKeyAtATime() {
        assertThat(ids(List.of(keyed(1, "a"), keyed(2, "a"), keyed(3, "b"), keyed(4, null)), IDLE, 9, 9))
                .containsExactly(1L, 3L, 4L);
        assertThat(ids(List.of(keyed(1, "a"), keyed(3, "b")), new Busy(Map.of(), Set.of("a")), 9, 9))
                .containsExactly(3L);
    }

    @Test
    void noWorkerHasMoreThanItsShare() {
        List<Candidate> ready = List.of(of(1, 1), of(2, 2), of(3, 3), new Candidate(4, "other", false, 4, null));
        assertThat(ids(ready, IDLE, 9, 2)).containsExactly(1L, 2L, 4L);
        assertThat(ids(ready, new Busy(Map.of("w", 1), Set.of()), 9, 2)).containsExactly(1L, 4L);
    }

    @Test
    void noChoiceBreaksARuleWhateverTheOrderOfTheCandidates() {
        long seed = Long.getLong("seed", 11);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int full = 0;
        for (int round = 0; round < 2_000; round++) {
            List<Candidate> ready = new ArrayList<>();
            for (int i = 0; i < random.nextInt(12); i++) {
                String key = random.nextBoolean() ? null : "k" + random.nextInt(3);
                ready.add(new Candidate(i, "w" + random.nextInt(3), random.nextInt(6) == 0, random.nextInt(5), key));
            }
            int free = random.nextInt(5) - 1;
            List<Candidate> chosen = Dispatch.choose(ready, IDLE, free, 2);
            Collections.shuffle(ready, random);
            assertThat(Dispatch.choose(ready, IDLE, free, 2)).isEqualTo(chosen);
            Set<String> keys = new HashSet<>();
            assertThat(chosen.stream().filter(c -> c.key() != null).allMatch(c -> keys.add(c.key() + "")))
                    .isTrue();
            assertThat(chosen.stream().filter(c -> !c.isExpedited()).count()).isLessThanOrEqualTo(Math.max(0, free));
            assertThat(chosen.size()).isLessThanOrEqualTo(Math.max(0, free + 1));
            full += chosen.size() > 2 ? 1 : 0;
        }
        assertThat(full).as("rounds that chose several").isGreaterThan(200);
    }

    @Test
    void waitingMakesUpForPriority() {
        WorkRequest low = WorkRequest.of("w");
        long step = 60_000;
        long high = Settlement.rank(low.withPriority(10), 600_000, step);
        assertThat(Settlement.rank(low, 1, step)).as("ten minutes earlier").isGreaterThan(high);
        assertThat(Settlement.rank(low, -1, step)).as("a little more than that").isLessThan(high);
        assertThat(Settlement.rank(low.expedited(), 1L << 45, step)).isLessThan(Settlement.rank(low, 0, step));
    }
}
