package dev.godwit.simulation;

import java.util.Random;

/**
 * What the network does to the exchanges of one sync.
 *
 * @param first what it does to the first of them
 * @param meanwhileBefore how many steps of the plan happen while the first request is on its way
 * @param meanwhileAfter how many while its answer is
 * @param userGoesOn whether the device is written to while its answer is on its way
 */
record Weather(Mishap first, int meanwhileBefore, int meanwhileAfter, boolean userGoesOn, long seed) {
    static final Weather FAIR = new Weather(Mishap.NONE, 0, 0, false, 0);

    /** What may happen to one exchange. */
    enum Mishap {
        NONE,
        REQUEST_LOST,
        REQUEST_TWICE,
        ANSWER_LOST,
        ANSWER_CUT,
        ANSWER_DAMAGED,
        ANSWER_OF_ANOTHER
    }

    static Weather random(Random random, boolean faults, boolean inPieces) {
        Mishap mishap = Mishap.NONE;
        if (faults && inPieces && random.nextBoolean()) {
            mishap = Mishap.ANSWER_CUT;
        } else if (faults && random.nextInt(3) == 0) {
            mishap = Mishap.values()[1 + random.nextInt(Mishap.values().length - 1)];
        }
        int before = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
        int after = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
        return new Weather(mishap, before, after, random.nextInt(3) == 0, random.nextLong());
    }
}
