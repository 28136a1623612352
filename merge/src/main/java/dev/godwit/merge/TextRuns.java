package dev.godwit.merge;

import java.util.Arrays;

/**
 * The units of a text, dead ones included, in their final order, as runs of consecutive ids that share their fate: a treap
 * in one array. It answers by place as the author of the current event sees the text ("prepared": units in state 1; those in a state above 0 are "met") and
 * counts places as the merged text has them ("shown": units that nobody has deleted).
 *
 * <p>State of a run: 0 is not yet inserted as the author sees it, 1 is there, more is deleted that many times less one.
 * A run's origin is the unit it was inserted after; {@code chained} says that a run continues the unit before it.
 * Run 0 is no run. Recursion nowhere: depth is a caller's bug or an attacker's choice.
 */
final class TextRuns {
    private static final int FIRST = 0;
    private static final int LENGTH = 1;
    private static final int STATE = 2;
    private static final int DEAD = 3;
    private static final int AGENT = 4;
    private static final int ORIGIN = 5;
    private static final int CHAINED = 6;
    private static final int UP = 7;
    private static final int LEFT = 8;
    private static final int RIGHT = 9;
    private static final int RANK = 10;
    private static final int PREPARED = 11;
    private static final int SHOWN = 12;
    private static final int MET = 13;
    private static final int STRIDE = 14;

    private int[] nodes = new int[STRIDE * 64];
    private int size = 1;
    private int root;
    private int random = 0x9e3779b9;
    private int[] runOf;
    private int units;
    private int offset;

    /** @param units how many units to expect */
    TextRuns(int units) {
        runOf = new int[units];
    }

    int prepared() {
        return get(root, PREPARED);
    }

    int first(int run) {
        return get(run, FIRST);
    }

    int length(int run) {
        return get(run, LENGTH);
    }

    int last(int run) {
        return get(run, FIRST) + get(run, LENGTH) - 1;
    }

    int state(int run) {
        return get(run, STATE);
    }

    boolean isDead(int run) {
        return get(run, DEAD) != 0;
    }

    int agent(int run) {
        return get(run, AGENT);
    }

    int origin(int run) {
        return get(run, ORIGIN);
    }

    boolean isChained(int run) {
        return get(run, CHAINED) != 0;
    }

    int runOf(int unit) {
        return runOf[unit];
    }

    /** How many units there are; their ids count up from 0. */
    int units() {
        return units;
    }

    /** The run with the prepared unit of that index; {@link #offset} says where in it. */
    int runAt(int index) {
        int run = root;
        int rest = index;
        while (true) {
            int left = get(run, LEFT);
            int before = get(left, PREPARED);
            if (rest < before) {
                run = left;
                continue;
            }
            rest -= before;
            int own = get(run, STATE) == 1 ? get(run, LENGTH) : 0;
            if (rest < own) {
                offset = rest;
                return run;
            }
            rest -= own;
            run = get(run, RIGHT);
        }
    }

    int offset() {
        return offset;
    }

    /** How many units of the merged text lie before the run. */
    int shownBefore(int run) {
        int before = get(get(run, LEFT), SHOWN);
        int child = run;
        for (int up = get(run, UP); up != 0; up = get(up, UP)) {
            if (get(up, RIGHT) == child) {
                before += get(get(up, LEFT), SHOWN) + shown(up);
            }
            child = up;
        }
        return before;
    }

    /** The first run that the author has met, be it deleted since, or 0. */
    int firstMet() {
        return get(root, MET) == 0 ? 0 : firstMetIn(root);
    }

    /** The next run after this one that the author has met, or 0. */
    int nextMet(int run) {
        int right = get(run, RIGHT);
        if (get(right, MET) > 0) {
            return firstMetIn(right);
        }
        int child = run;
        for (int up = get(run, UP); up != 0; up = get(up, UP)) {
            if (get(up, LEFT) == child) {
                if (get(up, STATE) > 0) {
                    return up;
                }
                int beside = get(up, RIGHT);
                if (get(beside, MET) > 0) {
                    return firstMetIn(beside);
                }
            }
            child = up;
        }
        return 0;
    }

    private int firstMetIn(int from) {
        int run = from;
        while (true) {
            int left = get(run, LEFT);
            if (get(left, MET) > 0) {
                run = left;
            } else if (get(run, STATE) > 0) {
                return run;
            } else {
                run = get(run, RIGHT);
            }
        }
    }

    /** A new run in state 1 that is in no place yet. */
    int create(int firstUnit, int length, int agent, int origin) {
        int run = node();
        set(run, FIRST, firstUnit);
        set(run, LENGTH, length);
        set(run, STATE, 1);
        set(run, AGENT, agent);
        set(run, ORIGIN, origin);
        name(run, firstUnit, length);
        return run;
    }

    void chain(int run) {
        set(run, CHAINED, 1);
    }

    /** Makes a run in state 1 longer by units whose ids follow its own. */
    void extend(int run, int more) {
        name(run, last(run) + 1, more);
        set(run, LENGTH, get(run, LENGTH) + more);
        climb(run, 0, more, more, more);
    }

    void insertFirst(int run) {
        if (root == 0) {
            root = run;
            sum(run);
            return;
        }
        int leftmost = root;
        while (get(leftmost, LEFT) != 0) {
            leftmost = get(leftmost, LEFT);
        }
        attach(run, leftmost, LEFT, 0);
    }

    void insertBefore(int place, int run) {
        insertBefore(place, run, 0);
    }

    void insertAfter(int place, int run) {
        insertAfter(place, run, 0);
    }

    private void insertBefore(int place, int run, int unchanged) {
        int at = get(place, LEFT);
        if (at == 0) {
            attach(run, place, LEFT, unchanged);
            return;
        }
        while (get(at, RIGHT) != 0) {
            at = get(at, RIGHT);
        }
        attach(run, at, RIGHT, unchanged);
    }

    private void insertAfter(int place, int run, int unchanged) {
        int at = get(place, RIGHT);
        if (at == 0) {
            attach(run, place, RIGHT, unchanged);
            return;
        }
        while (get(at, LEFT) != 0) {
            at = get(at, LEFT);
        }
        attach(run, at, LEFT, unchanged);
    }

    /** Cuts the run after so many units. The shorter part gets the new number, so that a unit is renamed log n times at most. */
    void split(int run, int at) {
        int length = get(run, LENGTH);
        int firstUnit = get(run, FIRST);
        boolean leftIsNew = at <= length - at;
        int part = node();
        set(part, STATE, get(run, STATE));
        set(part, DEAD, get(run, DEAD));
        set(part, AGENT, get(run, AGENT));
        int gone = leftIsNew ? at : length - at;
        set(part, FIRST, leftIsNew ? firstUnit : firstUnit + at);
        set(part, LENGTH, gone);
        set(part, ORIGIN, leftIsNew ? get(run, ORIGIN) : firstUnit + at - 1);
        set(part, CHAINED, leftIsNew ? get(run, CHAINED) : 1);
        name(part, get(part, FIRST), gone);
        set(run, LENGTH, length - gone);
        if (leftIsNew) {
            set(run, FIRST, firstUnit + at);
            set(run, ORIGIN, firstUnit + at - 1);
            set(run, CHAINED, 1);
            insertBefore(run, part, run);
        } else {
            insertAfter(run, part, run);
        }
    }

    void state(int run, int state) {
        int old = get(run, STATE);
        int length = get(run, LENGTH);
        set(run, STATE, state);
        int prepared = (state == 1 ? length : 0) - (old == 1 ? length : 0);
        int met = (state > 0 ? length : 0) - (old > 0 ? length : 0);
        if (prepared != 0 || met != 0) {
            climb(run, 0, prepared, 0, met);
        }
    }

    /** The units of the run leave the merged text, for good. */
    void kill(int run) {
        set(run, DEAD, 1);
        climb(run, 0, 0, -get(run, LENGTH), 0);
    }

    /** The sums of the unchanged run above, and of those above it, have the new one's units already. */
    private void attach(int run, int parent, int side, int unchanged) {
        set(parent, side, run);
        set(run, UP, parent);
        sum(run);
        climb(parent, unchanged, get(run, PREPARED), get(run, SHOWN), get(run, MET));
        while (get(run, UP) != 0 && get(get(run, UP), RANK) < get(run, RANK)) {
            rotateUp(run);
        }
        if (get(run, UP) == 0) {
            root = run;
        }
    }

    private void rotateUp(int run) {
        int parent = get(run, UP);
        int above = get(parent, UP);
        boolean fromLeft = get(parent, LEFT) == run;
        int moved = get(run, fromLeft ? RIGHT : LEFT);
        set(parent, fromLeft ? LEFT : RIGHT, moved);
        if (moved != 0) {
            set(moved, UP, parent);
        }
        set(run, fromLeft ? RIGHT : LEFT, parent);
        set(parent, UP, run);
        set(run, UP, above);
        if (above != 0) {
            set(above, get(above, LEFT) == parent ? LEFT : RIGHT, run);
        }
        sum(parent);
        sum(run);
    }

    private void sum(int run) {
        int left = get(run, LEFT);
        int right = get(run, RIGHT);
        int state = get(run, STATE);
        int own = state == 1 ? get(run, LENGTH) : 0;
        set(run, PREPARED, get(left, PREPARED) + get(right, PREPARED) + own);
        set(run, SHOWN, get(left, SHOWN) + get(right, SHOWN) + shown(run));
        set(run, MET, get(left, MET) + get(right, MET) + (state > 0 ? get(run, LENGTH) : 0));
    }

    private void climb(int from, int to, int prepared, int shown, int met) {
        for (int run = from; run != to; run = get(run, UP)) {
            int at = run * STRIDE;
            nodes[at + PREPARED] += prepared;
            nodes[at + SHOWN] += shown;
            nodes[at + MET] += met;
        }
    }

    private int shown(int run) {
        return get(run, DEAD) != 0 ? 0 : get(run, LENGTH);
    }

    private void name(int run, int firstUnit, int length) {
        int end = firstUnit + length;
        if (end > runOf.length) {
            runOf = Arrays.copyOf(runOf, Math.max(end, runOf.length + (runOf.length >> 1) + 16));
        }
        units = Math.max(units, end);
        Arrays.fill(runOf, firstUnit, end, run);
    }

    private int node() {
        int run = size++;
        if (size * STRIDE > nodes.length) {
            nodes = Arrays.copyOf(nodes, nodes.length * 2);
        }
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        set(run, RANK, random >>> 1);
        return run;
    }

    private int get(int run, int field) {
        return nodes[run * STRIDE + field];
    }

    private void set(int run, int field, int value) {
        nodes[run * STRIDE + field] = value;
    }
}
