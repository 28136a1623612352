package dev.godwit.simulation;

import java.io.PrintWriter;

/** Says now and then how far a campaign is. */
final class Progress {
    private static final long EVERY_NANOS = 10_000_000_000L;

    private final PrintWriter err;
    private final long total;
    private final long begun = System.nanoTime();
    private long said = begun;
    private long done;
    private long transactions;
    private long violations;

    Progress(PrintWriter err, long total) {
        this.err = err;
        this.total = total;
    }

    void one(Outcome outcome) {
        done++;
        transactions += outcome.reach().of("transactions");
        violations += outcome.violation() == null ? 0 : 1;
        long now = System.nanoTime();
        if (now - said > EVERY_NANOS) {
            said = now;
            long left = (now - begun) / done * (total - done) / 1_000_000_000;
            err.println(done + " of " + total + " seeds, " + transactions + " transactions, " + violations
                    + " violations; about " + left + " s to go");
            err.flush();
        }
    }
}
