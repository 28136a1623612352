package dev.godwit.merge;

import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one thing that may be at a path: a leaf, or that there is an object, or a keyed array. Of all that was done
 * to it only the last counts, and the last that set it.
 */
final class JsonPlace {
    /** The value as long as it lives; for an object or an array anything. */
    @Nullable
    Json value;

    /** The value that was stored before anything was done, as long as it matters, and who had set it. */
    @Nullable
    Json before;

    Origin beforeSet = Origin.SEEN;

    /** Whether the writer's document had something else here, or nothing. */
    boolean hidden;

    /** The last write that set it, whether or not the value lives. */
    Origin set = Origin.SEEN;

    /** The last write that set or removed it. */
    Origin any = Origin.SEEN;

    /** Puts a stored value here, unless it is an object or array that is only there because of what is in it. */
    void load(Json stored, boolean matters) {
        value = isRemoved() ? null : stored;
        before = matters ? stored : null;
        beforeSet = set;
    }

    void set(Json incoming, Origin origin) {
        if (set.isBelow(origin)) {
            set = origin;
            value = incoming;
        }
        any = Origin.later(any, origin);
    }

    void remove(Origin origin) {
        any = Origin.later(any, origin);
    }

    boolean isRemoved() {
        return set.isBelow(any);
    }

    /** Forgets the value if it was removed, or something killed it that came later. */
    void settle(Origin killer) {
        if (isRemoved() || set.isBelow(killer)) {
            value = null;
        }
    }

    /** Whether something was here that is not any more, and that a writer had not seen, or had pulled and not shown. */
    boolean isLost(boolean stillThere, Seen seen) {
        boolean unseen = !beforeSet.isSeenBy(seen)
                || (hidden && !seen.isOwn(beforeSet.commit(), beforeSet.stamp().writer()));
        return before != null && !stillThere && unseen;
    }

    /** Forgets what everybody has seen and what came before all that somebody may not have seen. */
    void fold(long horizon, Origin first) {
        set = set.commit() <= horizon && set.isBelow(first) ? Origin.SEEN : set;
        any = any.commit() <= horizon && any.isBelow(first) ? Origin.SEEN : any;
    }

    void renumber(LongUnaryOperator numbers) {
        set = set.renumbered(numbers);
        any = any.renumbered(numbers);
    }

    boolean isRemembered() {
        return any.commit() != 0;
    }
}
