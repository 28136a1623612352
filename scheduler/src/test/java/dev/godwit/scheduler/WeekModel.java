package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a scheduler should be doing, kept beside it from what is asked of it and what it tells, and held against its tables: works
 * that are known, failed attempts, the order of keys, budgets and periods. It knows nothing of rows.
 */
final class WeekModel implements WorkListener {
    /** What is known of a work. */
    static final class Known {
        WorkRequest request;
        final long number;
        final long asked;
        final int boots;
        final boolean isOfChain;
        String state = "waiting";
        int attempts;
        long token;
        boolean isRequeued;
        boolean isNewPeriod;
        long repeated;
        int repeatedInBoot;
        long point = Long.MIN_VALUE;

        Known(WorkRequest request, long number, long asked, int boots, boolean isOfChain) {
            this.request = request;
            this.number = number;
            this.asked = asked;
            this.boots = boots;
            this.isOfChain = isOfChain;
        }
    }

    final Map<WorkId, Known> works = new LinkedHashMap<>();
    private final List<AssertionError> broken = new ArrayList<>();
    final Map<String, Integer> reached = new LinkedHashMap<>();
    private final ManualClock clock;
    private final String seed;
    private final boolean hasJumps;
    private int boots;

    WeekModel(ManualClock clock, String seed, boolean hasJumps) {
        this.clock = clock;
        this.seed = seed;
        this.hasJumps = hasJumps;
    }

    void rebooted() {
        boots++;
    }

    void count(String what) {
        reached.merge(what, 1, Integer::sum);
    }

    /** Something was asked for. */
    void asked(WorkRequest request, Enqueued enqueued, boolean isOfChain) {
        count(enqueued.result().name());
        switch (enqueued.result()) {
            case NEW ->
                assertThat(works.put(
                                enqueued.id(),
                                new Known(request, works.size(), clock.elapsedMillis(), boots, isOfChain)))
                        .as("a number is given once, " + seed)
                        .isNull();
            case UPDATED, UPDATED_FOR_NEXT_RUN, COALESCED -> known(enqueued.id()).request = request;
            default -> {}
        }
    }

    String worker(WorkId id) {
        return known(id).request.worker();
    }

    private Known known(WorkId id) {
        Known known = works.get(id);
        assertThat(known).as("work " + id + " was asked for, " + seed).isNotNull();
        return known;
    }

    /** The scheduler takes what a worker or a listener throws for theirs: it is kept, and thrown by the next check. */
    private void kept(Runnable looks) {
        try {
            looks.run();
        } catch (AssertionError e) {
            broken.add(e);
        }
    }

    @Override
    public void happened(WorkNews news) {
        kept(() -> took(news));
    }

    private void took(WorkNews news) {
        Known known = known(news.id());
        count(news.event().name());
        switch (news.event()) {
            case RETRIED -> known.attempts++;
            case REPEATED -> {
                known.attempts = 0;
                known.isNewPeriod = true;
                known.repeated = clock.elapsedMillis();
                known.repeatedInBoot = boots;
            }
            case PARKED -> known.state = "parked";
            case REQUEUED -> {
                known.state = "waiting";
                known.attempts = 0;
                known.isRequeued = true;
            }
            case SUCCEEDED, CANCELLED -> known.state = "finished";
            default -> {}
        }
    }

    @Override
    public void trouble(String message) {
        broken.add(new AssertionError(message + ", " + seed));
    }

    /** A run begins. */
    void begins(WorkContext run) {
        kept(() -> began(run));
    }

    private void began(WorkContext run) {
        Known known = known(run.id());
        String as = "work " + run.id() + " of " + known.request.worker() + ", " + seed;
        assertThat(run.token()).as("a run twice: " + as).isGreaterThan(known.token);
        known.token = run.token();
        assertThat(known.state).as(as).isEqualTo("waiting");
        assertThat(run.attempt()).as(as).isEqualTo(known.attempts + 1);
        Budget budget = known.request.budget();
        if (budget.deadlineWallMillis() > 0 && !known.isRequeued) {
            assertThat(clock.wallMillis()).as("deadline: " + as).isLessThan(budget.deadlineWallMillis());
        }
        boolean isOneBoot = boots == known.boots;
        long waited = clock.elapsedMillis() - known.asked;
        if (isOneBoot && !known.isRequeued && !known.isOfChain && known.request.name() == null) {
            assertThat(waited).as("delay: " + as).isGreaterThanOrEqualTo(known.request.delayMillis());
            if (budget.ageMillis() > 0) {
                assertThat(waited).as("age: " + as).isLessThan(budget.ageMillis());
            }
        }
        known.request.every().ifPresent(period -> holds(period, known, as));
        known.isNewPeriod = false; // what follows a stop or a failure is for the same period
        known.request.serialKey().ifPresent(key -> isFirst(key, known, as));
    }

    private void holds(Period period, Known known, String as) {
        if (period.isAnchored()) {
            long point = Math.floorDiv(
                    clock.wallMillis() + period.flexMillis() - period.anchorWallMillis(), period.intervalMillis());
            if (!hasJumps && known.isNewPeriod) {
                assertThat(point).as("once for each point: " + as).isGreaterThan(known.point);
            }
            known.point = point;
        } else if (known.isNewPeriod && known.repeatedInBoot == boots) {
            assertThat(clock.elapsedMillis() - known.repeated)
                    .as("period: " + as)
                    .isGreaterThanOrEqualTo(period.wait(false));
        }
    }

    /** All before it of its key have ended, or are parked and let it pass. */
    private void isFirst(String key, Known known, String as) {
        for (Known other : works.values()) {
            boolean isBefore = other.number < known.number && key.equals(other.request.key()) && !other.isRequeued;
            if (isBefore && !known.isRequeued) {
                boolean lets = other.state.equals("parked") && other.request.keyRule() == KeyRule.GO_ON;
                assertThat(lets || other.state.equals("finished"))
                        .as("order of the key: " + as)
                        .isTrue();
            }
        }
    }

    /** Everything that should hold while nothing runs. */
    void check(Scheduler scheduler, boolean asksWhy) {
        for (AssertionError each : broken) {
            throw each;
        }
        WorkStore store = scheduler.store();
        List<String> broken = store.read(now -> WorkRepair.broken(store.statements()));
        assertThat(broken).as(seed).isEmpty();
        assertThat(scheduler.list(WorkState.RUNNING, 9)).as(seed).isEmpty();
        List<Work> waiting = new ArrayList<>(scheduler.list(WorkState.ENQUEUED, 10_000));
        waiting.addAll(scheduler.list(WorkState.BLOCKED, 10_000));
        assertThat(ids(waiting)).as("lost or from nowhere, " + seed).isEqualTo(of("waiting"));
        assertThat(ids(scheduler.list(WorkState.PARKED, 10_000))).as(seed).isEqualTo(of("parked"));
        for (Work work : waiting) {
            Known known = known(work.id());
            int most = work.request().budget().attempts();
            assertThat(work.attempts()).as(seed).isEqualTo(known.attempts);
            assertThat(most == 0 || work.attempts() < most).as(seed).isTrue();
            if (!asksWhy) {
                continue;
            }
            String said = scheduler.explain(work.id(), ZoneOffset.UTC);
            assertThat(said).as("of " + work + ", " + seed).startsWith("waiting ");
        }
    }

    private static Set<Long> ids(List<Work> works) {
        Set<Long> ids = new TreeSet<>();
        works.forEach(work -> ids.add(work.id().value()));
        return ids;
    }

    private Set<Long> of(String state) {
        Set<Long> ids = new TreeSet<>();
        works.forEach((id, known) -> {
            if (known.state.equals(state)) {
                ids.add(id.value());
            }
        });
        return ids;
    }
}
