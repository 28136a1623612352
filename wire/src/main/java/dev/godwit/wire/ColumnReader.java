package dev.godwit.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Unpacks the values of one column, believing nothing: every count is held against the bytes that are there and against
 * the {@link Allowance} before it is used, and every byte must be used.
 */
final class ColumnReader {

    private final String name;
    private final Messages.Column column;
    private final Allowance allowance;
    private final CodedInputStream integers;
    private final CodedInputStream lengths;
    private long previous;
    private int realsUsed;
    private int textsUsed;
    private int blobsUsed;
    private int uuidsUsed;
    private byte[] texts = new byte[0];
    private byte[] uuids = new byte[0];

    private ColumnReader(Messages.Column column, Allowance allowance) {
        this.name = column.getName();
        this.column = column;
        this.allowance = allowance;
        this.integers = column.getIntegers().newCodedInput();
        this.lengths = column.getLengths().newCodedInput();
    }

    /** Reads the column into this place of each row. */
    static void decode(Messages.Column column, ColumnRole role, Value[][] rows, int place, Allowance allowance)
            throws IOException {
        ColumnReader reader = new ColumnReader(column, allowance);
        Value[] entries = reader.entries(role, rows.length);
        if (!column.getIndexes().isEmpty()) {
            reader.placeByIndex(entries, rows, place);
        } else if (entries.length == rows.length) {
            for (int i = 0; i < rows.length; i++) {
                rows[i][place] = entries[i];
            }
        } else {
            reader.placeOne(entries, rows, place);
        }
    }

    private void placeByIndex(Value[] entries, Value[][] rows, int place) throws IOException {
        CodedInputStream indexes = column.getIndexes().newCodedInput();
        for (Value[] row : rows) {
            int index = indexes.readUInt32();
            if (index < 0 || index >= entries.length) {
                throw malformed("index " + Integer.toUnsignedString(index) + " into " + entries.length + " entries");
            }
            allowance.takeRepeated(entries[index]);
            row[place] = entries[index];
        }
        requireEnd(indexes, "indexes");
    }

    private void placeOne(Value[] entries, Value[][] rows, int place) {
        if (entries.length != 1) {
            throw malformed(entries.length + " entries for " + rows.length + " rows");
        }
        allowance.takeRepeated(entries[0], rows.length);
        for (Value[] row : rows) {
            row[place] = entries[0];
        }
    }

    private Value[] entries(ColumnRole role, int rows) throws IOException {
        int count = countEntries(rows);
        allowance.takeEntries(count);
        requireTexts();
        uuids = column.getUuids().toByteArray();
        Value[] entries = new Value[count];
        CodedInputStream kinds = column.getKinds().newCodedInput();
        for (int at = 0; at < count; ) {
            long run = kinds.readUInt64();
            int end = at + (int) (run >>> ValueCode.BITS);
            int kind = (int) run & ((1 << ValueCode.BITS) - 1);
            requireAllowed(role, kind);
            readRun(kind, entries, at, end);
            at = end;
        }
        requireAllUsed();
        return entries;
    }

    /** Sums up the runs first, so that the array of entries is neither too large nor made twice. */
    private int countEntries(int rows) throws IOException {
        CodedInputStream kinds = column.getKinds().newCodedInput();
        long count = 0;
        while (!kinds.isAtEnd()) {
            long run = kinds.readUInt64() >>> ValueCode.BITS;
            if (run == 0 || run > rows - count) {
                throw malformed("a run of " + run + " entries after " + count + " for " + rows + " rows");
            }
            count += run;
        }
        return (int) count;
    }

    private void requireAllowed(ColumnRole role, int kind) {
        if (role == ColumnRole.KEY && kind == ValueCode.NULL) {
            throw malformed("NULL in a key");
        }
        if ((role == ColumnRole.ADD || role == ColumnRole.RESET) && kind != ValueCode.INTEGER) {
            throw malformed("a delta that is no integer, but of kind " + kind);
        }
        if (role == ColumnRole.EDIT && kind != ValueCode.BLOB) {
            throw malformed("edits of a text that are no blob, but of kind " + kind);
        }
    }

    private void readRun(int kind, Value[] entries, int from, int to) throws IOException {
        switch (kind) {
            case ValueCode.NULL -> Arrays.fill(entries, from, to, Value.NULL);
            case ValueCode.INTEGER -> readIntegers(entries, from, to);
            case ValueCode.REAL -> readReals(entries, from, to);
            case ValueCode.TEXT -> readTexts(entries, from, to);
            case ValueCode.BLOB -> readBlobs(entries, from, to);
            case ValueCode.UUID -> readUuids(entries, from, to);
            default -> throw WireException.unsupported("column " + name + ": value kind " + kind + " cannot be read");
        }
    }

    private void readIntegers(Value[] entries, int from, int to) throws IOException {
        requireBytes("integers", to - from, column.getIntegers().size() - integers.getTotalBytesRead());
        allowance.takeNumbers(to - from);
        for (int i = from; i < to; i++) {
            long value = integers.readSInt64();
            previous = column.getDeltas() ? previous + value : value;
            entries[i] = Value.of(previous);
        }
    }

    private void readReals(Value[] entries, int from, int to) {
        ByteString reals = column.getReals();
        requireBytes("reals", 8L * (to - from), reals.size() - realsUsed);
        allowance.takeNumbers(to - from);
        for (int i = from; i < to; i++) {
            long bits = 0;
            for (int b = 7; b >= 0; b--) {
                bits = (bits << 8) | (reals.byteAt(realsUsed + b) & 0xff);
            }
            realsUsed += 8;
            entries[i] = Value.of(Double.longBitsToDouble(bits));
            requireAllowedReal(entries[i]);
        }
    }

    private void readTexts(Value[] entries, int from, int to) throws IOException {
        requireLengths(to - from);
        for (int i = from; i < to; i++) {
            int length = nextLength("texts", texts.length - textsUsed);
            if (length > 0 && isContinuation(texts[textsUsed])) {
                throw malformed("a text that begins within a character");
            }
            entries[i] = Value.of(new String(texts, textsUsed, length, StandardCharsets.UTF_8));
            textsUsed += length;
        }
    }

    private void readBlobs(Value[] entries, int from, int to) throws IOException {
        requireLengths(to - from);
        for (int i = from; i < to; i++) {
            int length = nextLength("blobs", column.getBlobs().size() - blobsUsed);
            entries[i] = Value.of(
                    column.getBlobs().substring(blobsUsed, blobsUsed + length).toByteArray());
            blobsUsed += length;
        }
    }

    private void readUuids(Value[] entries, int from, int to) {
        requireBytes("uuids", (long) Uuids.BYTES * (to - from), uuids.length - uuidsUsed);
        for (int i = from; i < to; i++) {
            allowance.takeTextOrBlob(Uuids.CHARS);
            entries[i] = Value.of(Uuids.text(uuids, uuidsUsed));
            uuidsUsed += Uuids.BYTES;
        }
    }

    private int nextLength(String what, int left) throws IOException {
        int length = lengths.readUInt32();
        if (length < 0) {
            throw malformed("a length of " + Integer.toUnsignedString(length));
        }
        requireBytes(what, length, left);
        allowance.takeTextOrBlob(length);
        return length;
    }

    private void requireLengths(int count) throws IOException {
        requireBytes("lengths", count, column.getLengths().size() - lengths.getTotalBytesRead());
    }

    /** All texts are checked at once, which is fast; then each must begin where a character does. */
    private void requireTexts() {
        if (!column.getTexts().isValidUtf8()) {
            throw malformed("a text that is not UTF-8");
        }
        texts = column.getTexts().toByteArray();
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xc0) == 0x80;
    }

    private void requireAllowedReal(Value value) {
        if (value.isNull() && column.getRole() == Messages.Column.Role.KEY) {
            throw malformed("NaN, which is NULL, in a key");
        }
    }

    private void requireBytes(String what, long needed, long left) {
        if (needed > left) {
            throw malformed(what + " end too early: " + needed + " bytes or more wanted, " + left + " left");
        }
    }

    private void requireAllUsed() throws IOException {
        requireEnd(integers, "integers");
        requireEnd(lengths, "lengths");
        requireUsed("reals", realsUsed, column.getReals().size());
        requireUsed("texts", textsUsed, texts.length);
        requireUsed("blobs", blobsUsed, column.getBlobs().size());
        requireUsed("uuids", uuidsUsed, uuids.length);
    }

    private void requireEnd(CodedInputStream in, String what) throws IOException {
        if (!in.isAtEnd()) {
            throw malformed("bytes after the last of its " + what);
        }
    }

    private void requireUsed(String what, int used, int size) {
        if (used != size) {
            throw malformed((size - used) + " bytes after the last of its " + what);
        }
    }

    private WireException malformed(String what) {
        return WireException.malformed("column " + name + " has " + what);
    }
}
