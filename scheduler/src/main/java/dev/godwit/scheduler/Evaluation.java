package dev.godwit.scheduler;

import java.util.List;

/**
 * What a constraint says at a moment. A pure function of the constraint, the device, the wall clock and the waiting time.
 *
 * <p>What nobody knows is taken for what does least harm: to try is harmless, to spend somebody's money or battery is not. The
 * rule is applied to the leaves, so that a constraint and its opposite are never both met, and one of them always is.
 *
 * <table>
 * <caption>What unknown means</caption>
 * <tr><th>leaf</th><th>unknown is taken as</th><th>because</th></tr>
 * <tr><td>connected</td><td>connected</td><td>trying tells</td></tr>
 * <tr><td>unmetered</td><td>metered</td><td>somebody may pay for it</td></tr>
 * <tr><td>not roaming</td><td>not roaming</td><td>a device that can roam knows; a desktop never does</td></tr>
 * <tr><td>validated</td><td>validated</td><td>trying tells</td></tr>
 * <tr><td>charging</td><td>not charging</td><td>it would empty a battery; a device without one says "charging"</td></tr>
 * <tr><td>battery not low</td><td>not low</td><td>a device with a battery knows its level</td></tr>
 * <tr><td>idle</td><td>in use</td><td>it would disturb somebody; let it be soft where nobody can tell</td></tr>
 * <tr><td>storage not low</td><td>not low</td><td>a full disk is an error that the work survives</td></tr>
 * <tr><td>free bytes</td><td>enough</td><td>as above</td></tr>
 * <tr><td>a host</td><td>answers</td><td>trying tells</td></tr>
 * <tr><td>a condition of the application's own</td><td>does not hold</td><td>the application has not said it yet</td></tr>
 * </table>
 *
 * <p>Unmetered, not roaming and validated are said of a network: without one, they do not hold. A time window is always known.
 *
 * @param met whether the work may run
 * @param truth what is certain without the rule for what is unknown; where it is known, it is the same as {@code met}
 * @param unmet the leaves (a fact, a window, …, or the opposite of one) that keep it from running; empty if it may
 * @param missing what of the constraint is still asked for: its unmet parts, as it joins them; {@link Constraint#NONE} if met
 * @param changesInMillis before this, time alone changes nothing (a window opens or closes, a soft constraint relaxes); above 0, or
 *     {@link Long#MAX_VALUE} if time alone never changes it. Something may change then; to know, decide again
 */
public record Evaluation(boolean met, Truth truth, List<Constraint> unmet, Constraint missing, long changesInMillis) {
    /** Keeps a copy. */
    public Evaluation {
        unmet = List.copyOf(unmet);
    }

    /** What is certain, with all of the unmet leaves missing. */
    public Evaluation(boolean met, List<Constraint> unmet, long changesInMillis) {
        this(
                met,
                Truth.of(met),
                unmet,
                unmet.size() == 1 ? unmet.get(0) : new Constraint.AllOf(unmet),
                changesInMillis);
    }

    /**
     * Decides.
     *
     * @param wallMillis the wall clock, for windows
     * @param waitedMillis how long the work has been waiting, for soft constraints
     */
    public static Evaluation of(Constraint constraint, ConditionSnapshot now, long wallMillis, long waitedMillis) {
        return new Evaluator(now, wallMillis, waitedMillis).decide(constraint);
    }
}
