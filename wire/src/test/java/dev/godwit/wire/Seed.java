package dev.godwit.wire;

import java.util.Random;

/** Where the random tests begin: {@code -Dseed=…} replays one. */
final class Seed {

    private Seed() {}

    /** A generator whose seed is printed with the name of the test. */
    static Random random(String test) {
        String given = System.getProperty("seed");
        long seed = given == null || given.isBlank() ? System.nanoTime() : Long.parseLong(given);
        System.out.println(test + ": replay with -Dseed=" + seed);
        return new Random(seed);
    }
}
