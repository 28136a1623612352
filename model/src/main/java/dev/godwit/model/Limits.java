package dev.godwit.model;

import java.util.List;

/**
 * Every bound of the engine, on both ends. A larger value than the default is a decision about memory; a bound that is
 * reached is an error that names it, never a silent cut.
 */
public record Limits(
        int transactionBytes,
        int transactionRows,
        int valueBytes,
        int pushTransactions,
        int pushBytes,
        int pushBytesMin,
        int pageRows,
        int pageBytes,
        int requestBytes,
        int inflationRatio,
        int scopesPerDevice,
        int scopeNameChars,
        int receiptsPerCut,
        int waitingPushes,
        int groupCommit,
        int liveConnections,
        int attemptsKept,
        int receiptsKept,
        int conflictsKept,
        int conflictsUndecided,
        long resolverMillis,
        long syncLockWaitMillis,
        long backoffMinMillis,
        long backoffMaxMillis,
        long pokeMillis,
        long quickRoundMillis,
        long acceptedKeptMillis,
        long intervalMinMillis,
        long intervalMaxMillis) {

    /**
     * Characters of the name of a table, a column, an application or a boot. The same everywhere: what one end could write and
     * another not read would never be synced.
     */
    public static final int NAME_CHARS = 1_000;

    /** The defaults, which suit a phone and a small server. */
    public static final Limits DEFAULT = new Limits(
            64 << 20, // transactionBytes: encoded changes of one transaction
            2_000_000, // transactionRows
            16 << 20, // valueBytes: one text or blob
            1_000, // pushTransactions: in one request
            4 << 20, // pushBytes: encoded changes in one request; a larger transaction goes alone
            16 << 10, // pushBytesMin: what a request takes at least, where the link is bad and takes less and less
            2_000, // pageRows: rows of one page of a pull
            1 << 20, // pageBytes: about the bytes of one page
            96 << 20, // requestBytes: a request body, inflated
            200, // inflationRatio: inflated to compressed bytes, above the first mebibyte
            1_000, // scopesPerDevice
            200, // scopeNameChars
            2_000, // receiptsPerCut: unconfirmed receipts that one cut carries
            64, // waitingPushes: pushes that wait for the writer; more are told to come later
            32, // groupCommit: pushes joined in one database transaction
            1_000, // liveConnections
            1_000, // attemptsKept: local records of sync attempts
            1_000, // receiptsKept: commits of a process that wait to be told the server's decision
            1_000, // conflictsKept: decided conflicts in the history of a scope
            10_000, // conflictsUndecided: of a scope; beyond it a transaction that would add one is rejected
            1_000, // resolverMillis: what a resolver may take
            30_000, // syncLockWaitMillis: for another process that syncs the same database
            1_000, // backoffMinMillis
            300_000, // backoffMaxMillis
            15_000, // pokeMillis: how often heads are repeated on a live connection
            2_000, // quickRoundMillis: a request that is answered sooner may be followed by a larger one
            86_400_000, // acceptedKeptMillis: how long a device keeps what the server accepted (H5)
            60_000, // intervalMinMillis: of periodic syncs, however often a server asks for them
            86_400_000); // intervalMaxMillis: the same, however seldom

    private static final List<String> NAMES = List.of(
            "transactionBytes",
            "transactionRows",
            "valueBytes",
            "pushTransactions",
            "pushBytes",
            "pushBytesMin",
            "pageRows",
            "pageBytes",
            "requestBytes",
            "inflationRatio",
            "scopesPerDevice",
            "scopeNameChars",
            "receiptsPerCut",
            "waitingPushes",
            "groupCommit",
            "liveConnections",
            "attemptsKept",
            "receiptsKept",
            "conflictsKept",
            "conflictsUndecided",
            "resolverMillis",
            "syncLockWaitMillis",
            "backoffMinMillis",
            "backoffMaxMillis",
            "pokeMillis",
            "quickRoundMillis",
            "acceptedKeptMillis",
            "intervalMinMillis",
            "intervalMaxMillis");

    /** How many of them, from the first, are counted in ints. */
    private static final int INTS = 20;

    /**
     * The same limits but for one.
     *
     * @param name the component's name, for instance {@code valueBytes}
     * @throws IllegalArgumentException if there is no such limit, or the value is below 1 or more than it can hold
     */
    public Limits with(String name, long value) {
        int place = NAMES.indexOf(name);
        if (place < 0) {
            throw new IllegalArgumentException("there is no limit " + name + "; there are " + NAMES);
        }
        long most = place < INTS ? Integer.MAX_VALUE : Long.MAX_VALUE;
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " = " + value + ": it is from 1 to " + most);
        }
        long[] values = values();
        values[place] = value;
        return of(values);
    }

    private static Limits of(long[] values) {
        return new Limits(
                (int) values[0],
                (int) values[1],
                (int) values[2],
                (int) values[3],
                (int) values[4],
                (int) values[5],
                (int) values[6],
                (int) values[7],
                (int) values[8],
                (int) values[9],
                (int) values[10],
                (int) values[11],
                (int) values[12],
                (int) values[13],
                (int) values[14],
                (int) values[15],
                (int) values[16],
                (int) values[17],
                (int) values[18],
                (int) values[19],
                values[20],
                values[21],
                values[22],
                values[23],
                values[24],
                values[25],
                values[26],
                values[27],
                values[28]);
    }

    /** In the order of their names. */
    private long[] values() {
        return new long[] {
            transactionBytes,
            transactionRows,
            valueBytes,
            pushTransactions,
            pushBytes,
            pushBytesMin,
            pageRows,
            pageBytes,
            requestBytes,
            inflationRatio,
            scopesPerDevice,
            scopeNameChars,
            receiptsPerCut,
            waitingPushes,
            groupCommit,
            liveConnections,
            attemptsKept,
            receiptsKept,
            conflictsKept,
            conflictsUndecided,
            resolverMillis,
            syncLockWaitMillis,
            backoffMinMillis,
            backoffMaxMillis,
            pokeMillis,
            quickRoundMillis,
            acceptedKeptMillis,
            intervalMinMillis,
            intervalMaxMillis
        };
    }
}
