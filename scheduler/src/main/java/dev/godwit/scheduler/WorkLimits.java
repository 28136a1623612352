package dev.godwit.scheduler;

import java.util.List;

/** Every bound of the scheduler. A bound that is reached is an error that names it, never a silent cut. */
public record WorkLimits(
        int dataBytes,
        int checkpointBytes,
        int nameChars,
        int tags,
        int chainSteps,
        int needs,
        int reasonChars,
        int threads,
        int perWorker,
        int abandonedThreads,
        int ahead,
        int page,
        int finishedKept,
        int runsKept,
        int pendingWorks,
        int queueItems,
        int itemBytes,
        int batchItems,
        int batchBytes,
        int queueRemembered,
        long intervalMinMillis,
        long backoffMinMillis,
        long backoffMaxMillis,
        long timeoutMaxMillis,
        long leaseMillis,
        long graceMillis,
        long ageingMillis,
        long lookMillis) {

    /** The defaults, which suit a phone. */
    public static final WorkLimits DEFAULT = new WorkLimits(
            10_240, // dataBytes: an input, output or progress, encoded
            1 << 20, // checkpointBytes
            200, // nameChars: names of workers, works, keys and tags
            20, // tags: of one work
            1_000, // chainSteps
            100, // needs: works that one work needs
            500, // reasonChars: of a reason that is kept; what is longer ends in three dots
            4, // threads: works that run at once
            4, // perWorker: of one worker that run at once
            4, // abandonedThreads: threads whose work did not stop; with more, nothing new is begun
            64, // ahead: short works taken at a time for each thread, at most, so that one commit serves many
            256, // page: works looked at or moved in one step
            1_000, // finishedKept: succeeded and cancelled works that are still listed
            10_000, // runsKept: records of runs
            1_000_000, // pendingWorks: works that are not finished, parked ones too
            100_000, // queueItems: of one queue that are not processed, parked ones too
            262_144, // itemBytes: of one item of a queue, as its codec makes them
            100, // batchItems: of a queue that its service is given at once
            1 << 20, // batchBytes: of a queue that its service is given at once, if it is more than one item
            10_000, // queueRemembered: processed items of one queue whose idempotency keys are known still
            60_000, // intervalMinMillis: of periodic work
            1_000, // backoffMinMillis
            86_400_000, // backoffMaxMillis
            86_400_000, // timeoutMaxMillis: of one run
            30_000, // leaseMillis: how long a scheduler that says nothing is believed to run
            10_000, // graceMillis: from the flag to the interrupt, and from there to abandoning a run that goes on
            60_000, // ageingMillis: waiting for so long is worth one step of priority
            300_000); // lookMillis: how often it looks for what another connection enqueued without a poke

    private static final List<String> NAMES = List.of(
            "dataBytes",
            "checkpointBytes",
            "nameChars",
            "tags",
            "chainSteps",
            "needs",
            "reasonChars",
            "threads",
            "perWorker",
            "abandonedThreads",
            "ahead",
            "page",
            "finishedKept",
            "runsKept",
            "pendingWorks",
            "queueItems",
            "itemBytes",
            "batchItems",
            "batchBytes",
            "queueRemembered",
            "intervalMinMillis",
            "backoffMinMillis",
            "backoffMaxMillis",
            "timeoutMaxMillis",
            "leaseMillis",
            "graceMillis",
            "ageingMillis",
            "lookMillis");

    private static final int INTS = 20;

    /** Checks that each is above 0. */
    public WorkLimits {
        long[] all = {
            dataBytes,
            checkpointBytes,
            nameChars,
            tags,
            chainSteps,
            needs,
            reasonChars,
            threads,
            perWorker,
            abandonedThreads,
            ahead,
            page,
            finishedKept,
            runsKept,
            pendingWorks,
            queueItems,
            itemBytes,
            batchItems,
            batchBytes,
            queueRemembered,
            intervalMinMillis,
            backoffMinMillis,
            backoffMaxMillis,
            timeoutMaxMillis,
            leaseMillis,
            graceMillis,
            ageingMillis,
            lookMillis
        };
        for (int i = 0; i < all.length; i++) {
            if (all[i] < 1) {
                throw new IllegalArgumentException(NAMES.get(i) + " = " + all[i] + ": it is at least 1");
            }
        }
    }

    /**
     * The same limits but for one.
     *
     * @param name the component's name, for instance {@code threads}
     * @throws IllegalArgumentException if there is no such limit, or the value is below 1 or more than it can hold
     */
    public WorkLimits with(String name, long value) {
        int place = NAMES.indexOf(name);
        if (place < 0) {
            throw new IllegalArgumentException("there is no limit " + name + "; there are " + NAMES);
        }
        if (value < 1 || (place < INTS && value > Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(name + " = " + value + ": it is at least 1, and as much as it can hold");
        }
        long[] v = {
            dataBytes,
            checkpointBytes,
            nameChars,
            tags,
            chainSteps,
            needs,
            reasonChars,
            threads,
            perWorker,
            abandonedThreads,
            ahead,
            page,
            finishedKept,
            runsKept,
            pendingWorks,
            queueItems,
            itemBytes,
            batchItems,
            batchBytes,
            queueRemembered,
            intervalMinMillis,
            backoffMinMillis,
            backoffMaxMillis,
            timeoutMaxMillis,
            leaseMillis,
            graceMillis,
            ageingMillis,
            lookMillis
        };
        v[place] = value;
        return new WorkLimits(
                (int) v[0],
                (int) v[1],
                (int) v[2],
                (int) v[3],
                (int) v[4],
                (int) v[5],
                (int) v[6],
                (int) v[7],
                (int) v[8],
                (int) v[9],
                (int) v[10],
                (int) v[11],
                (int) v[12],
                (int) v[13],
                (int) v[14],
                (int) v[15],
                (int) v[16],
                (int) v[17],
                (int) v[18],
                (int) v[19],
                v[20],
                v[21],
                v[22],
                v[23],
                v[24],
                v[25],
                v[26],
                v[27]);
    }

    /** A reason, at most as long as is kept. */
    String shortened(String reason) {
        return reason.length() <= reasonChars ? reason : reason.substring(0, Math.max(0, reasonChars - 3)) + "...";
    }
}
