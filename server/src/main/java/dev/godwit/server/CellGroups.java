package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Stamp;
import dev.godwit.rows.StoredNumbers;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a row as bytes, beside its scope and its commit number, which have columns of their own. Columns that
 * were written together share a group, and the row that most rows are has neither flags nor groups: every column was written
 * at the row's commit, the first one under its key, and nobody else has changed it.
 *
 * <p>Format, varints as in {@link StoredNumbers}:
 *
 * <pre>
 * first   1 byte   128: a tombstone (SQL asks for it as cells &gt;= x'80'); 64: flags follow; the rest: number of columns
 * width   varint   number of columns − 63, only if the rest of the first byte is 63
 * flags   1 byte   1: arrived, 2: birth, 4: groups
 * arrived varint   row commit − arrived; without it they are the same
 * birth   varints  scope id, commit number, writer, of a row that was not the first under its key
 * groups, to the end:
 *   columns        a little-endian bit set, (number of columns + 7) / 8 bytes; columns in no group were never written
 *   commit varint  row commit − commit
 *   other  varint  0 for none, else row commit − other + 1
 *   stamp
 * without groups:
 *   stamp          of all columns, with the row's commit and no other
 * stamp:
 *   writer varint  twice the writer, and one more if there is a counter
 *   time   5 bytes milliseconds since 2020, big-endian; if all bits are set, 6 bytes of milliseconds since 1970 follow
 *   counter varint
 * </pre>
 *
 * <p>So the common row of up to 62 columns, by one of the first 63 devices, costs 1 + 1 + 5 = 7 bytes. 2020 is before any row
 * that exists, and five bytes reach from there to November 2054; a stamp outside costs six bytes more. (A varint of the
 * milliseconds would take six bytes until 2159, and five only for the first thirteen months after whatever it began at.)
 */
final class CellGroups {
    /** 2020-01-01T00:00Z. */
    static final long EPOCH = 1_577_836_800_000L;

    private static final int TOMBSTONE = 0x80;
    private static final int FLAGGED = 0x40;
    private static final int WIDE = 0x3f;

    private static final int ARRIVED = 1;
    private static final int BIRTH = 2;
    private static final int GROUPS = 4;

    private static final int SHORT_BITS = 40;
    private static final long OUTSIDE = (1L << SHORT_BITS) - 1;
    private static final int LONG_BITS = 48;
    /** SQLite's own limit. */
    private static final int MOST_COLUMNS = 32_767;

    private CellGroups() {}

    /** The insert of a row that was not the first under its key. */
    record Birth(long scopeId, long commit, long writer) {}

    /**
     * A row as it is stored.
     *
     * @param since row commit − the commit with which it came into its scope
     * @param birth null for the first row under its key
     */
    record Row(boolean deleted, long since, @Nullable Birth birth, List<CellState> cells) {

        /** Nothing but cells, for the image of a row. */
        static Row of(List<CellState> cells) {
            return new Row(false, 0, null, cells);
        }
    }

    static byte[] encode(long rowCommit, Row row) {
        List<CellState> cells = row.cells();
        boolean plain = isPlain(rowCommit, cells);
        Birth birth = row.birth();
        int flags = (row.since() == 0 ? 0 : ARRIVED) | (birth == null ? 0 : BIRTH) | (plain ? 0 : GROUPS);
        int width = cells.size();
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain ? 16 : 64);
        out.write((row.deleted() ? TOMBSTONE : 0) | (flags == 0 ? 0 : FLAGGED) | Math.min(width, WIDE));
        if (width >= WIDE) {
            StoredNumbers.writeVarint(out, width - WIDE);
        }
        if (flags != 0) {
            out.write(flags);
        }
        if (row.since() != 0) {
            StoredNumbers.writeVarint(out, row.since());
        }
        if (birth != null) {
            StoredNumbers.writeVarint(out, birth.scopeId());
            StoredNumbers.writeVarint(out, birth.commit());
            StoredNumbers.writeVarint(out, birth.writer());
        }
        if (plain) {
            writeStamp(out, cells.get(0).stamp());
        } else {
            writeGroups(out, rowCommit, cells);
        }
        return out.toByteArray();
    }

    private static boolean isPlain(long rowCommit, List<CellState> cells) {
        if (cells.isEmpty()) {
            return false;
        }
        CellState first = cells.get(0);
        return first.commit() == rowCommit
                && first.other() == 0
                && cells.stream().allMatch(first::equals);
    }

    private static void writeGroups(ByteArrayOutputStream out, long rowCommit, List<CellState> cells) {
        Map<CellState, BitSet> groups = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            groups.computeIfAbsent(cells.get(i), c -> new BitSet()).set(i);
        }
        groups.remove(RowMeta.NEVER);
        groups.forEach((cell, columns) -> {
            out.writeBytes(Arrays.copyOf(columns.toByteArray(), setBytes(cells.size())));
            StoredNumbers.writeVarint(out, rowCommit - cell.commit());
            StoredNumbers.writeVarint(out, cell.other() == 0 ? 0 : rowCommit - cell.other() + 1);
            writeStamp(out, cell.stamp());
        });
    }

    private static int setBytes(int width) {
        return (width + 7) / 8;
    }

    private static void writeStamp(ByteArrayOutputStream out, Stamp stamp) {
        long counter = Stamp.counter(stamp.time());
        StoredNumbers.writeVarint(out, stamp.writer() << 1 | (counter == 0 ? 0 : 1));
        long millis = Stamp.millis(stamp.time());
        long since = millis - EPOCH;
        if (since >= 0 && since < OUTSIDE) {
            writeBits(out, since, SHORT_BITS);
        } else {
            writeBits(out, OUTSIDE, SHORT_BITS);
            writeBits(out, millis, LONG_BITS);
        }
        if (counter != 0) {
            StoredNumbers.writeVarint(out, counter);
        }
    }

    private static void writeBits(ByteArrayOutputStream out, long value, int bits) {
        for (int shift = bits - 8; shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }

    /**
     * The row that {@link #encode} made bytes of.
     *
     * @throws IllegalStateException if the bytes are something else
     */
    static Row decode(long rowCommit, byte[] bytes) {
        try {
            return read(rowCommit, ByteBuffer.wrap(bytes));
        } catch (IllegalArgumentException | BufferUnderflowException | IndexOutOfBoundsException broken) {
            throw new IllegalStateException("broken store: what is remembered of a row cannot be read", broken);
        }
    }

    private static Row read(long rowCommit, ByteBuffer in) {
        int first = in.get();
        int width = first & WIDE;
        if (width == WIDE) {
            width = (int) Math.min(MOST_COLUMNS + 1L, width + StoredNumbers.readVarint(in));
        }
        if (width < 0 || width > MOST_COLUMNS) {
            throw new IllegalArgumentException("the states of " + width + " columns");
        }
        int flags = (first & FLAGGED) == 0 ? 0 : in.get();
        long since = (flags & ARRIVED) == 0 ? 0 : StoredNumbers.readVarint(in);
        Birth birth = (flags & BIRTH) == 0
                ? null
                : new Birth(StoredNumbers.readVarint(in), StoredNumbers.readVarint(in), StoredNumbers.readVarint(in));
        CellState[] cells = new CellState[width];
        if ((flags & GROUPS) == 0) {
            Arrays.fill(cells, new CellState(rowCommit, readStamp(in), 0));
        } else {
            Arrays.fill(cells, RowMeta.NEVER);
            readGroups(in, rowCommit, cells);
        }
        return new Row((first & TOMBSTONE) != 0, since, birth, Arrays.asList(cells));
    }

    private static void readGroups(ByteBuffer in, long rowCommit, CellState[] cells) {
        byte[] columns = new byte[setBytes(cells.length)];
        while (in.hasRemaining()) {
            in.get(columns);
            long commit = rowCommit - StoredNumbers.readVarint(in);
            long other = StoredNumbers.readVarint(in);
            CellState cell = new CellState(commit, readStamp(in), other == 0 ? 0 : rowCommit - other + 1);
            BitSet set = BitSet.valueOf(columns);
            for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
                cells[i] = cell;
            }
        }
    }

    private static Stamp readStamp(ByteBuffer in) {
        long writer = StoredNumbers.readVarint(in);
        long since = readBits(in, SHORT_BITS);
        long millis = since == OUTSIDE ? readBits(in, LONG_BITS) : EPOCH + since;
        long counter = (writer & 1) == 0 ? 0 : StoredNumbers.readVarint(in);
        return new Stamp(Stamp.time(millis, counter), writer >>> 1);
    }

    private static long readBits(ByteBuffer in, int bits) {
        long value = 0;
        for (int i = 0; i < bits; i += 8) {
            value = value << 8 | (in.get() & 0xff);
        }
        return value;
    }
}
