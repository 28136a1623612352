package dev.godwit.simulation;

import dev.godwit.model.Limits;
import java.util.Random;

/** How large things get in a run. */
final class Bounds {
    /** As many decided conflicts as some servers keep. */
    static final int FEW = 4;

    static final long HOUR = 3_600_000;
    static final long DAY = 24 * HOUR;

    private static final int TINY_PUSH = 200;

    private Bounds() {}

    /** For how long the server remembers what it may forget. */
    static long retention(Plan plan) {
        return plan.hasCopies() ? 3 * HOUR : Math.max(DAY, plan.options().days() * DAY / 2);
    }

    /** Small bounds in most runs, so that everything is cut somewhere. */
    static Limits limits(Plan plan) {
        Random random = new Random(plan.seed());
        boolean swarm = plan.options().swarm();
        // the smallest ones make many requests: a swarm has them less often
        int[] pages = swarm ? new int[] {2, 7, 7, 50, 50, 2_000} : new int[] {2, 7, 2_000};
        int[] pieces = {1, 2};
        pages = plan.hasPieces() ? pieces : pages;
        int[] pushes = swarm ? new int[] {1, 3, 20, 1_000, 1_000, 1_000} : new int[] {1, 3, 1_000};
        int[] receipts = swarm ? new int[] {2, 20, 2_000, 2_000} : new int[] {2, 2_000};
        return Limits.DEFAULT
                .with("pageRows", pages[random.nextInt(pages.length)])
                .with("pushTransactions", pushes[random.nextInt(pushes.length)])
                .with("receiptsPerCut", receipts[random.nextInt(receipts.length)])
                .with("attemptsKept", 5)
                .with("pushBytes", random.nextInt(4) == 0 ? TINY_PUSH : 4 << 20)
                .with("conflictsKept", random.nextInt(4) == 0 ? FEW : 100_000)
                .with("conflictsUndecided", 100_000)
                .with("syncLockWaitMillis", 1)
                .with("acceptedKeptMillis", DAY);
    }

    /**
     * How many transactions the application makes in a row this time. Long bursts are not sent one by one: each answer would put
     * all the others back.
     */
    static int burst(Plan plan, Limits limits, Random random) {
        boolean sentInFewRequests =
                limits.pushTransactions() > SimulationOptions.SHORT_BURST && limits.pushBytes() > TINY_PUSH;
        int most = sentInFewRequests ? plan.options().burst() : SimulationOptions.SHORT_BURST;
        boolean longer = most > SimulationOptions.SHORT_BURST && random.nextInt(3) == 0;
        return 1 + random.nextInt(longer ? most : Math.min(most, SimulationOptions.SHORT_BURST));
    }
}
