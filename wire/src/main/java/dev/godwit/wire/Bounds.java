package dev.godwit.wire;

import dev.godwit.model.Limits;

/**
 * The bounds on what is decoded, each from one of {@link Limits} or fixed here.
 *
 * <p>What the device decides (transactions, values, scopes) is held to the limits as they are. What the server
 * decides (rows of a page, receipts of a cut) gets {@link #SLACK} times the reader's own limit, since the server's
 * configuration is not the device's.
 */
final class Bounds {

    /** By how much a server's limits may exceed a device's. */
    static final int SLACK = 16;

    /** How much larger than its encoding's bound a decoded transaction may be, by the count of {@link Allowance}. */
    static final int CHANGES_FACTOR = 8;

    /** The same for a page: smaller, since a page is at most one row beyond {@code pageBytes}. */
    static final int PAGE_FACTOR = 2;

    /** Protobuf fields in one message, all levels together: each costs the generated parser an object or so. */
    static final int FIELDS = 1_000_000;

    private Bounds() {}

    /** Bytes of one frame: a page of the largest allowed size and one row as large as a transaction. */
    static int frameBytes(Limits limits) {
        return clamp((long) limits.transactionBytes() + (long) SLACK * limits.pageBytes());
    }

    static int pageRows(Limits limits) {
        return clamp((long) SLACK * limits.pageRows());
    }

    static int cutReceipts(Limits limits) {
        return clamp((long) SLACK * limits.receiptsPerCut());
    }

    /** Scopes named in a request: those pulled, and as many again that only appear as bases. */
    static int scopeNames(Limits limits) {
        return clamp(2L * limits.scopesPerDevice());
    }

    static void check(String what, long value, String limit, long max) {
        if (value > max) {
            throw new WireException(
                    WireException.Kind.TOO_LARGE, what + ": " + value + ", over the limit " + limit + " = " + max);
        }
    }

    static String name(String what, String name) {
        if (name.isEmpty()) {
            throw WireException.malformed(what + " is empty");
        }
        check("characters of " + what, name.length(), "of a name", Limits.NAME_CHARS);
        return name;
    }

    static String scope(String name, Limits limits) {
        if (name.isEmpty()) {
            throw WireException.malformed("name of a scope is empty");
        }
        check("characters of the name of a scope", name.length(), "scopeNameChars", limits.scopeNameChars());
        return name;
    }

    private static int clamp(long value) {
        return (int) Math.min(Integer.MAX_VALUE - 64, value);
    }
}
