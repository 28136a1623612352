package dev.godwit.wire;

import dev.godwit.model.Value;

/**
 * What one message may still grow to while it is decoded: rows, and bytes of values. Everything is taken from it before
 * it is allocated.
 *
 * <p>An entry (a value that is made) counts its size and what a JVM needs around it; a place of a row counts 8; and a
 * value that stands in many places by a dictionary counts its size in each of them, for whoever writes the rows will
 * write it that often.
 */
final class Allowance {

    private static final int PLACE = 8;
    private static final int NUMBER = 24;
    private static final int TEXT_OR_BLOB = 56;

    private final String what;
    private final int valueBytes;
    private final String rowLimit;
    private final long maxRows;
    private final long maxBytes;
    private long rows;
    private long bytes;

    Allowance(String what, int valueBytes, String rowLimit, long maxRows, long maxBytes) {
        this.what = what;
        this.valueBytes = valueBytes;
        this.rowLimit = rowLimit;
        this.maxRows = maxRows;
        this.maxBytes = maxBytes;
    }

    void takeRows(int count, int columns) {
        rows += count;
        Bounds.check("rows of " + what, rows, rowLimit, maxRows);
        takeBytes((long) count * PLACE * (2L + columns));
    }

    void takeNumbers(int count) {
        takeBytes((long) count * NUMBER);
    }

    void takeTextOrBlob(long size) {
        Bounds.check("bytes of a value", size, "valueBytes", valueBytes);
        takeBytes(TEXT_OR_BLOB + size);
    }

    void takeEntries(int count) {
        takeBytes((long) count * PLACE);
    }

    void takeRepeated(Value value) {
        takeBytes(value.size());
    }

    void takeRepeated(Value value, int times) {
        takeBytes((long) value.size() * times);
    }

    private void takeBytes(long count) {
        bytes += count;
        if (bytes > maxBytes) {
            Bounds.check("decoded bytes of " + what, bytes, "on what is decoded", maxBytes);
        }
    }
}
