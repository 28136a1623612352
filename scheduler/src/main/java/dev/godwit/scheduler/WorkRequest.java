package dev.godwit.scheduler;

import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What shall be done, once or again and again. Immutable; begin with {@link #of} and change it with the {@code with} methods.
 *
 * @param worker the name under which the worker is registered
 * @param input its own input
 * @param constraint what it asks of the device
 * @param delayMillis before its first run, and before the one that was asked for while it ran
 * @param priority from -100 to 100; waiting makes up for it
 * @param isExpedited goes before all that is not
 * @param key works of one key run one after the other, in the order of their enqueueing; null for none
 * @param keyRule what it does to those behind it when it is parked
 * @param name unique name, or null
 * @param tags for finding it
 * @param backoff between failed attempts
 * @param budget what it may use
 * @param period null for once
 * @param merge how outputs of the works it needs come into its input
 */
public record WorkRequest(
        String worker,
        WorkData input,
        Constraint constraint,
        long delayMillis,
        int priority,
        boolean isExpedited,
        @Nullable String key,
        KeyRule keyRule,
        @Nullable UniqueName name,
        SortedSet<String> tags,
        Backoff backoff,
        Budget budget,
        @Nullable Period period,
        InputMerge merge) {
    private static final int MOST_PRIORITY = 100;

    /** Checks what does not depend on limits. */
    public WorkRequest {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(constraint, "constraint");
        Objects.requireNonNull(keyRule, "keyRule");
        Objects.requireNonNull(backoff, "backoff");
        Objects.requireNonNull(budget, "budget");
        Objects.requireNonNull(merge, "merge");
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
        if (worker.isBlank()) {
            throw new IllegalArgumentException("a request names its worker");
        }
        if (delayMillis < 0) {
            throw bad(worker, "delayMillis < 0: " + delayMillis);
        }
        if (priority < -MOST_PRIORITY || priority > MOST_PRIORITY) {
            throw bad(worker, "priority is from -100 to 100, not " + priority);
        }
        if (period != null && isExpedited) {
            throw bad(worker, "a periodic work is not expedited; give it a priority");
        }
        if (period != null && (budget.ageMillis() > 0 || budget.deadlineWallMillis() > 0)) {
            throw bad(worker, "a periodic work has no age and no deadline; cancel it when it is no longer wanted");
        }
        if (isExpedited && delayMillis > 0) {
            throw bad(worker, "an expedited work has no delay; leave out one of them");
        }
    }

    private static IllegalArgumentException bad(String worker, String why) {
        return new IllegalArgumentException("request for " + worker + ": " + why);
    }

    /** One run of a worker, as soon as possible. */
    public static WorkRequest of(String worker) {
        return new WorkRequest(
                worker,
                WorkData.EMPTY,
                Constraint.NONE,
                0,
                0,
                false,
                null,
                KeyRule.GO_ON,
                null,
                new TreeSet<>(),
                Backoff.DEFAULT,
                Budget.DEFAULT,
                null,
                InputMerge.OVERWRITE);
    }

    /** Runs of a worker, again and again. */
    public static WorkRequest periodic(String worker, Period period) {
        return of(worker).withPeriod(period);
    }

    /** The unique name, if it has one. */
    public Optional<UniqueName> uniqueName() {
        return Optional.ofNullable(name);
    }

    /** The serial key, if it has one. */
    public Optional<String> serialKey() {
        return Optional.ofNullable(key);
    }

    /** The period, if it is periodic. */
    public Optional<Period> every() {
        return Optional.ofNullable(period);
    }

    /** The same with this input. */
    public WorkRequest withInput(WorkData data) {
        return with(to -> to.input = data);
    }

    /** The same with this constraint, instead of any before it and of {@link #withHost}. */
    public WorkRequest withConstraint(Constraint wanted) {
        return with(to -> to.constraint = wanted);
    }

    /**
     * The same, about a host: if that keeps failing, for this work or others, it is left in peace for a while, and one work tries
     * first. Runs that succeed, fail for good, put themselves off or want a login count as answers; the others as failures.
     *
     * @param name with its port, if that is not the usual one
     */
    public WorkRequest withHost(String name) {
        return with(to -> to.constraint =
                constraint.equals(Constraint.NONE) ? Constraint.host(name) : constraint.and(Constraint.host(name)));
    }

    /** The same, first run after a delay. */
    public WorkRequest withDelay(long millis) {
        return with(to -> to.delayMillis = millis);
    }

    /** The same with this priority, from -100 to 100. */
    public WorkRequest withPriority(int steps) {
        return with(to -> to.priority = steps);
    }

    /** The same, before all that is not expedited. */
    public WorkRequest expedited() {
        return with(to -> to.isExpedited = true);
    }

    /** The same with a serial key. */
    public WorkRequest withKey(String serialKey) {
        return with(to -> to.key = serialKey);
    }

    /** The same with a rule for those behind it. */
    public WorkRequest withKeyRule(KeyRule rule) {
        return with(to -> to.keyRule = rule);
    }

    /** The same under a unique name. */
    public WorkRequest withName(String unique, UniqueName.Policy policy) {
        return with(to -> to.name = new UniqueName(unique, policy));
    }

    /** The same with one tag more. */
    public WorkRequest withTag(String tag) {
        TreeSet<String> more = new TreeSet<>(tags);
        more.add(tag);
        return with(to -> to.tags = more);
    }

    /** The same with this backoff. */
    public WorkRequest withBackoff(Backoff chosen) {
        return with(to -> to.backoff = chosen);
    }

    /** The same with this budget. */
    public WorkRequest withBudget(Budget chosen) {
        return with(to -> to.budget = chosen);
    }

    /** The same, again and again. */
    public WorkRequest withPeriod(Period chosen) {
        return with(to -> to.period = chosen);
    }

    /** The same with this way of merging. */
    public WorkRequest withMerge(InputMerge chosen) {
        return with(to -> to.merge = chosen);
    }

    /** The components of another request, for one of them to be changed. */
    private final class Draft {
        WorkData input = WorkRequest.this.input;
        Constraint constraint = WorkRequest.this.constraint;
        long delayMillis = WorkRequest.this.delayMillis;
        int priority = WorkRequest.this.priority;
        boolean isExpedited = WorkRequest.this.isExpedited;

        @Nullable
        String key = WorkRequest.this.key;

        KeyRule keyRule = WorkRequest.this.keyRule;

        @Nullable
        UniqueName name = WorkRequest.this.name;

        SortedSet<String> tags = WorkRequest.this.tags;
        Backoff backoff = WorkRequest.this.backoff;
        Budget budget = WorkRequest.this.budget;

        @Nullable
        Period period = WorkRequest.this.period;

        InputMerge merge = WorkRequest.this.merge;
    }

    private WorkRequest with(Consumer<Draft> change) {
        Draft to = new Draft();
        change.accept(to);
        return new WorkRequest(
                worker,
                to.input,
                to.constraint,
                to.delayMillis,
                to.priority,
                to.isExpedited,
                to.key,
                to.keyRule,
                to.name,
                to.tags,
                to.backoff,
                to.budget,
                to.period,
                to.merge);
    }
}
