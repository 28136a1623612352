package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.godwit.scheduler.Circuit.State;
import dev.godwit.scheduler.CircuitBreaker.Answer;
import dev.godwit.scheduler.CircuitBreaker.Rules;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A host that keeps failing is left in peace, and tried by one request before the others follow. */
class CircuitBreakerTest {
    /** 3 in a row, 4 of the last 8; pauses of 100 to 1000; a probe is lost after 50; 4 hosts. */
    private static final Rules RULES = new Rules(3, 4, 8, 100, 1_000, 50, 4);

    private static final String HOST = "api.example:443";

    private CircuitBreaker breaker = CircuitBreaker.closed(RULES);

    private boolean ask(long now) {
        Answer answer = breaker.ask(HOST, now);
        breaker = answer.next();
        assertThat(answer.waitMillis() > 0).isNotEqualTo(answer.allowed());
        return answer.allowed();
    }

    private State fail(long now) {
        breaker = breaker.failed(HOST, now);
        return breaker.circuit(HOST).state();
    }

    private State succeed(long now) {
        breaker = breaker.succeeded(HOST, now);
        return breaker.circuit(HOST).state();
    }

    @Test
    void opensAfterFailuresInARow() {
        assertThat(fail(1)).isEqualTo(State.CLOSED);
        assertThat(fail(2)).isEqualTo(State.CLOSED);
        assertThat(succeed(3)).isEqualTo(State.CLOSED);
        assertThat(fail(4)).isEqualTo(State.CLOSED);
        assertThat(ask(5)).isTrue();
        breaker = CircuitBreaker.closed(RULES);
        fail(1);
        fail(2);
        assertThat(fail(3)).isEqualTo(State.OPEN);
        assertThat(breaker.ask(HOST, 4).waitMillis()).isEqualTo(99);
        assertThat(ask(102)).isFalse();
        assertThat(breaker.ask("other.example", 4).allowed())
                .as("every host by itself")
                .isTrue();
    }

    @Test
    void opensWhenTooManyOfTheLastOnesFailed() {
        boolean[] failures = {true, false, true, false, true, false};
        for (int i = 0; i < failures.length; i++) {
            assertThat(failures[i] ? fail(i) : succeed(i)).isEqualTo(State.CLOSED);
        }
        assertThat(fail(6)).as("the fourth of eight").isEqualTo(State.OPEN);
        breaker = CircuitBreaker.closed(RULES);
        for (int i = 0; i < 100; i++) {
            assertThat(i % 3 == 0 ? fail(i) : succeed(i))
                    .as("three of any eight")
                    .isEqualTo(State.CLOSED);
        }
    }

    @Test
    void oneProbeIsTriedAndASuccessClosesAndForgets() {
        openAt(0);
        assertThat(ask(99)).isFalse();
        assertThat(ask(100)).isTrue();
        assertThat(breaker.circuit(HOST).state()).isEqualTo(State.HALF_OPEN);
        assertThat(ask(101)).isFalse();
        assertThat(succeed(120)).isEqualTo(State.CLOSED);
        assertThat(breaker.circuits()).isEmpty();
        fail(121);
        assertThat(fail(122)).as("counts from the beginning").isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeThatFailsDoublesThePauseUpToTheLongest() {
        openAt(0);
        long now = 0;
        for (long pause : new long[] {100, 200, 400, 800, 1_000, 1_000}) {
            assertThat(ask(now + pause - 1)).isFalse();
            assertThat(ask(now + pause)).isTrue();
            now += pause + 7;
            assertThat(fail(now)).isEqualTo(State.OPEN);
        }
        assertThat(Rules.DEFAULT.pauseMillis(1)).isEqualTo(10_000);
        assertThat(Rules.DEFAULT.pauseMillis(6)).isEqualTo(320_000);
        assertThat(Rules.DEFAULT.pauseMillis(7)).isEqualTo(600_000);
        assertThat(Rules.DEFAULT.pauseMillis(Integer.MAX_VALUE)).isEqualTo(600_000);
    }

    @Test
    void aProbeThatIsNeverHeardOfAgainIsReplaced() {
        openAt(0);
        assertThat(ask(100)).isTrue();
        assertThat(ask(149)).isFalse();
        assertThat(ask(150)).isTrue();
        assertThat(ask(151)).isFalse();
    }

    @Test
    void answersFromBeforeItOpenedChangeNothing() {
        openAt(0);
        Circuit open = breaker.circuit(HOST);
        assertThat(succeed(5)).isEqualTo(State.OPEN);
        assertThat(fail(6)).isEqualTo(State.OPEN);
        assertThat(breaker.circuit(HOST).untilMillis()).isEqualTo(open.untilMillis());
        assertThat(breaker.circuit(HOST).openings()).isEqualTo(1);
    }

    @Test
    void whatTheServerSaysIsKept() {
        breaker = breaker.failed(HOST, 0, 5_000);
        assertThat(ask(4_999)).isFalse();
        breaker = breaker.failed(HOST, 1_000, 9_000).failed(HOST, 2_000, 10);
        assertThat(ask(9_999)).as("the latest time that was said").isFalse();
        assertThat(ask(10_000)).isTrue();
        breaker = CircuitBreaker.closed(RULES).failed(HOST, 0, 10);
        assertThat(ask(99)).as("not earlier than the pause").isFalse();
        breaker = CircuitBreaker.closed(RULES).failed(HOST, 0, Long.MAX_VALUE);
        assertThat(breaker.circuit(HOST).untilMillis()).isEqualTo(86_400_000);
        assertThat(CircuitBreaker.closed(RULES)
                        .failed(HOST, 0, -7)
                        .circuit(HOST)
                        .state())
                .isEqualTo(State.CLOSED);
    }

    private void openAt(long now) {
        fail(now);
        fail(now);
        assertThat(fail(now)).isEqualTo(State.OPEN);
    }

    @Test
    void ofTooManyHostsTheClosedOneThatIsLongestUnheardOfIsForgotten() {
        CircuitBreaker many = CircuitBreaker.closed(RULES)
                .failed("a", 1, 1_000)
                .failed("b", 2)
                .failed("c", 3)
                .failed("d", 4);
        assertThat(many.failed("e", 5).circuits()).containsOnlyKeys("a", "c", "d", "e");
        assertThat(many.succeeded("b", 5).failed("e", 6).circuits()).containsOnlyKeys("a", "b", "d", "e");
        CircuitBreaker open = CircuitBreaker.closed(RULES);
        for (String host : new String[] {"a", "b", "c", "d"}) {
            open = open.failed(host, host.charAt(0), 1_000);
        }
        assertThat(open.failed("e", 900).circuits()).containsOnlyKeys("b", "c", "d", "e");
    }

    @Test
    void badArgumentsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> breaker.ask("", 0))
                .withMessageContaining("and not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> breaker.ask("x".repeat(301), 0))
                .withMessageContaining("301");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rules(3, 9, 8, 100, 1_000, 50, 4))
                .withMessageContaining("got 3, 9 of 8, 100, 1000, 50, 4");
    }

    /** Any order of asking, answering and losing requests, against what was promised. */
    @Test
    void keepsItsPromisesWhateverHappens() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<State, Integer> reached = new HashMap<>();
        int probes = 0;
        for (int i = 0; i < 500; i++) {
            breaker = CircuitBreaker.closed(RULES);
            long now = random.nextInt(1_000) - 500;
            long refusedUntil = Long.MIN_VALUE;
            long probeUntil = Long.MIN_VALUE;
            for (int step = 0; step < 200; step++) {
                now += random.nextInt(40);
                Circuit before = breaker.circuit(HOST);
                reached.merge(before.state(), 1, Integer::sum);
                switch (random.nextInt(5)) {
                    case 0 -> succeed(now);
                    case 1, 2 -> {
                        long after = random.nextInt(4) == 0 ? random.nextInt(500) : 0;
                        breaker = breaker.failed(HOST, now, after);
                        refusedUntil = after > 0 ? Math.max(refusedUntil, now + after) : refusedUntil;
                    }
                    default -> {
                        boolean allowed = ask(now);
                        if (allowed) {
                            assertThat(now).as("what the server said is kept").isGreaterThanOrEqualTo(refusedUntil);
                        }
                        if (allowed && before.state() != State.CLOSED) {
                            assertThat(now).as("one probe at a time").isGreaterThanOrEqualTo(probeUntil);
                            probeUntil = now + RULES.probeMillis();
                            probes++;
                        }
                        assertThat(allowed || before.state() != State.CLOSED).isTrue();
                    }
                }
                Circuit after = breaker.circuit(HOST);
                probeUntil = after.state() == State.HALF_OPEN ? probeUntil : Long.MIN_VALUE;
                if (after.state() == State.CLOSED) {
                    assertThat(after.failuresInARow()).isLessThan(RULES.failuresInARow());
                    assertThat(before.state()).as("only a probe closes").isNotEqualTo(State.OPEN);
                } else {
                    assertThat(breaker.ask(HOST, after.untilMillis()).allowed())
                            .as("never shut for ever")
                            .isTrue();
                }
            }
        }
        assertThat(reached)
                .hasSize(3)
                .allSatisfy((state, times) -> assertThat(times).isGreaterThan(2_000));
        assertThat(probes).isGreaterThan(1_000);
    }

    @Test
    void theNumberOfHostsIsBoundedWhateverHappens() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        boolean full = false;
        for (int step = 0; step < 20_000; step++) {
            String host = "host-" + random.nextInt(12);
            breaker = switch (random.nextInt(3)) {
                case 0 -> breaker.succeeded(host, step);
                case 1 -> breaker.failed(host, step);
                default -> breaker.ask(host, step).next();
            };
            assertThat(breaker.circuits().size()).isLessThanOrEqualTo(RULES.maxHosts());
            full |= breaker.circuits().size() == RULES.maxHosts();
        }
        assertThat(full).isTrue();
    }
}
