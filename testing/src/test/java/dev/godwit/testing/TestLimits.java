package dev.godwit.testing;

import dev.godwit.model.Limits;

/** Bounds for tests. */
final class TestLimits {
    private TestLimits() {}

    /** The defaults with small pages. */
    static Limits withPageRows(int rows) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.transactionBytes(),
                d.transactionRows(),
                d.valueBytes(),
                d.pushTransactions(),
                d.pushBytes(),
                rows,
                d.pageBytes(),
                d.requestBytes(),
                d.inflationRatio(),
                d.scopesPerDevice(),
                d.scopeNameChars(),
                d.receiptsPerCut(),
                d.waitingPushes(),
                d.groupCommit(),
                d.liveConnections(),
                d.attemptsKept(),
                d.receiptsKept(),
                d.syncLockWaitMillis(),
                d.backoffMinMillis(),
                d.backoffMaxMillis(),
                d.pokeMillis(),
                d.acceptedKeptMillis());
    }
}
