package dev.godwit.model;

/**
 * How often a server wants a device to sync by itself, and how much of its outbox it wants in one request. With 0 the server does
 * not say, and the device goes by its own settings.
 *
 * @param intervalMillis from one periodic sync to the next
 * @param transactions of one request, at most
 * @param bytes of encoded changes of one request, at most; a larger transaction goes alone
 */
public record Pace(long intervalMillis, long transactions, long bytes) {
    /** The server says nothing. */
    public static final Pace NONE = new Pace(0, 0, 0);

    /** Checks the components. */
    public Pace {
        if (intervalMillis < 0 || transactions < 0 || bytes < 0) {
            throw new IllegalArgumentException("intervalMillis, transactions and bytes are at least 0, not "
                    + intervalMillis + ", " + transactions + ", " + bytes);
        }
    }

    /** What comes of whatever a server says, within the device's own bounds: more than never, and less than always. */
    public Pace within(Limits limits) {
        return new Pace(
                bounded(intervalMillis, limits.intervalMinMillis(), limits.intervalMaxMillis()),
                bounded(transactions, 1, limits.pushTransactions()),
                bounded(bytes, Math.min(limits.pushBytesMin(), limits.pushBytes()), limits.pushBytes()));
    }

    private static long bounded(long said, long least, long most) {
        return said == 0 ? 0 : Math.min(Math.max(said, least), Math.max(least, most));
    }
}
