package dev.godwit.server;

import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a row may hold once it is merged. Each transaction is within the limits, but what several devices add to one value, or
 * several transactions to one row, may be more than a reader takes: no device could ever pull it.
 */
final class RowSizes {
    /** Bytes that a character of a Java text takes at most in UTF-8. */
    private static final int MOST_OF_ONE = 3;
    /** What a text or a blob counts besides its own, see {@link Value#size}. */
    private static final int BESIDES = 2;

    /** A tag and a length, at most. */
    private static final int KEY_BESIDES = 6;

    private final Limits limits;

    RowSizes(Limits limits) {
        this.limits = limits;
    }

    /**
     * Checks a row as it will be. What is stored already may be written on if that does not make it larger: it may be the way out.
     *
     * @throws Refused if it is too large
     */
    void check(RowWork work) {
        Value[] after = work.after;
        if (after == null) {
            return;
        }
        long size = 0;
        for (int i = 0; i < after.length; i++) {
            int own = after[i].size();
            size += own;
            // few values are long enough to be looked at again
            if ((long) own * MOST_OF_ONE > limits.valueBytes()) {
                checkValue(work, i, after[i]);
            }
        }
        if (size * MOST_OF_ONE > limits.transactionBytes()) {
            checkSum(work, after);
        }
    }

    private void checkValue(RowWork work, int column, Value value) {
        long bytes = bytes(value);
        if (bytes > limits.valueBytes() && (work.before == null || bytes > bytes(work.before[column]))) {
            throw Refused.cell(
                    RejectionCode.SIZE,
                    work.table,
                    work.key,
                    work.table.columns().get(column).name(),
                    "merged with what others wrote it would hold " + bytes
                            + " bytes, and no device takes more than valueBytes = " + limits.valueBytes());
        }
    }

    private void checkSum(RowWork work, Value[] after) {
        long bytes = sum(after);
        if (bytes <= limits.transactionBytes() || bytes <= sum(work.before)) {
            return;
        }
        int largest = 0;
        for (int i = 1; i < after.length; i++) {
            largest = after[i].size() > after[largest].size() ? i : largest;
        }
        throw Refused.cell(
                RejectionCode.SIZE,
                work.table,
                work.key,
                work.table.columns().get(largest).name(),
                "it is the largest of a row that would hold " + bytes
                        + " bytes, and no device takes more than transactionBytes = " + limits.transactionBytes());
    }

    private static long sum(Value @Nullable [] row) {
        long sum = 0;
        for (int i = 0; row != null && i < row.length; i++) {
            sum += bytes(row[i]);
        }
        return sum;
    }

    /** Whether these take less than so many bytes together, as can be said without looking into texts. */
    static boolean isFarBelow(int bytes, List<Value> some, List<Value> more) {
        long size = Stream.concat(some.stream(), more.stream())
                .mapToLong(value -> (long) value.size() + KEY_BESIDES)
                .sum();
        return size * MOST_OF_ONE < bytes;
    }

    /** About what a key takes in a column, see {@link KeyCodec}. */
    static long keyBytes(Key key) {
        long sum = 0;
        for (Value value : key.values()) {
            sum += bytes(value) + KEY_BESIDES;
        }
        return sum;
    }

    /** What a reader counts. */
    static long bytes(Value value) {
        return switch (value.kind()) {
            case TEXT -> value.asText().getBytes(StandardCharsets.UTF_8).length;
            case BLOB -> value.size() - BESIDES;
            default -> value.size();
        };
    }
}
