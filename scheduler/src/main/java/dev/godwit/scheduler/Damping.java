package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.List;

/**
 * What is shown of a fact that flaps. Bad news is shown at once: work stops before it spends what is not there. Good news is shown
 * when it has been good for a while, and for a longer while when the fact has fallen often of late, so that work is not begun and
 * stopped over and over. From bad to good: false, unknown, true.
 *
 * <p>A value and a pure function of it; times are of a clock that only goes forward (monotonic), in milliseconds.
 *
 * @param shown what is shown, as of {@code atMillis}
 * @param read what was read last
 * @param trueSince since when it has been read as true, without a break; means nothing if it is not
 * @param notFalseSince since when it has been read as true or unknown; means nothing if it is false
 * @param falls when it last got worse, the latest last; one more than the rules allow, at most
 * @param flaps how often it has got worse since the beginning
 * @param atMillis when it was last read
 */
public record Damping(
        Truth shown, Truth read, long trueSince, long notFalseSince, List<Long> falls, long flaps, long atMillis) {
    /**
     * How much is damped.
     *
     * @param goodAfterMillis good news must have lasted so long; 0 shows it at once
     * @param flaps how often a fact may get worse within the window before it is held longer
     * @param windowMillis the window
     * @param heldMillis how long good news must have lasted, or the window be over, for a fact that flaps
     */
    public record Rules(long goodAfterMillis, int flaps, long windowMillis, long heldMillis) {
        /** 3 s; after more than 4 falls within 10 minutes, 2 minutes. */
        public static final Rules DEFAULT = new Rules(3_000, 4, 600_000, 120_000);

        /** Checks. */
        public Rules {
            boolean legal = 0 <= goodAfterMillis && goodAfterMillis <= heldMillis && windowMillis > 0;
            legal &= 1 <= flaps && flaps <= 1_000;
            if (!legal) {
                throw new IllegalArgumentException(
                        "damping needs 0 <= goodAfterMillis <= heldMillis, windowMillis > 0 and"
                                + " 1 <= flaps <= 1000, and got " + goodAfterMillis + ", " + heldMillis + ", "
                                + windowMillis + ", " + flaps);
            }
        }
    }

    /** Keeps a copy. */
    public Damping {
        falls = List.copyOf(falls);
    }

    /** The first that is known of a fact: shown as it is. */
    public static Damping first(Truth read, long nowMillis) {
        return new Damping(read, read, nowMillis, nowMillis, List.of(), 0, nowMillis);
    }

    /**
     * The next reading, the same as before or another one. Reading the same more often changes nothing of what is shown later. A
     * time before the last one is taken as the last one.
     */
    public Damping next(Truth reading, long nowMillis, Rules rules) {
        long now = Math.max(nowMillis, atMillis);
        Damping until = new Damping(shown, read, trueSince, notFalseSince, falls, flaps, now).settled(rules);
        return reading == read ? until : until.turned(reading, rules).settled(rules);
    }

    private Damping turned(Truth reading, Rules rules) {
        boolean worse = rank(reading) < rank(read);
        List<Long> fallen = new ArrayList<>(falls);
        if (worse) {
            fallen.add(atMillis);
        }
        if (fallen.size() > rules.flaps() + 1) {
            fallen.remove(0);
        }
        return new Damping(
                worst(shown, reading),
                reading,
                read == Truth.TRUE ? trueSince : atMillis,
                read == Truth.FALSE ? atMillis : notFalseSince,
                fallen,
                worse ? flaps + 1 : flaps,
                atMillis);
    }

    private Damping settled(Rules rules) {
        Truth settled = shown;
        if (read == Truth.TRUE && atMillis >= goodFrom(trueSince, rules)) {
            settled = Truth.TRUE;
        } else if (shown == Truth.FALSE && read != Truth.FALSE && atMillis >= goodFrom(notFalseSince, rules)) {
            settled = Truth.UNKNOWN;
        }
        return new Damping(settled, read, trueSince, notFalseSince, falls, flaps, atMillis);
    }

    /** When something that has been good since then has been so for long enough. */
    private long goodFrom(long since, Rules rules) {
        long soon = since + rules.goodAfterMillis();
        if (falls.size() <= rules.flaps()) {
            return soon;
        }
        long calm = falls.get(0) + rules.windowMillis();
        return Math.max(soon, Math.min(calm, since + rules.heldMillis()));
    }

    /** After how long something better is shown if nothing else is read, or {@link Long#MAX_VALUE}. */
    public long settlesInMillis(Rules rules) {
        if (shown == read) {
            return Long.MAX_VALUE;
        }
        long from = read == Truth.TRUE ? goodFrom(trueSince, rules) : Long.MAX_VALUE;
        if (shown == Truth.FALSE) {
            from = Math.min(from, goodFrom(notFalseSince, rules));
        }
        return from - atMillis;
    }

    private static Truth worst(Truth one, Truth other) {
        return rank(one) < rank(other) ? one : other;
    }

    private static int rank(Truth truth) {
        return switch (truth) {
            case FALSE -> 0;
            case UNKNOWN -> 1;
            case TRUE -> 2;
        };
    }
}
