package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Stamp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The cell states of a row as bytes. Columns that were written together share a group, so that a row written at once costs
 * about 13 bytes whatever its width.
 *
 * <p>Format: number of columns, then groups, each: the columns (length and bytes of a little-endian bit set; length 0 means
 * all), row commit − commit, other (0 for none, else row commit − other + 1), writer, all as varints; then the stamp's time,
 * eight bytes big-endian.
 */
final class CellGroups {
    private CellGroups() {}

    static byte[] encode(long rowCommit, List<CellState> cells) {
        Map<CellState, BitSet> groups = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            groups.computeIfAbsent(cells.get(i), c -> new BitSet()).set(i);
        }
        ByteBuffer out = ByteBuffer.allocate(16 + groups.size() * (56 + cells.size() / 8));
        writeVarint(out, cells.size());
        groups.forEach((cell, columns) ->
                write(out, rowCommit, cell, groups.size() == 1 ? new byte[0] : columns.toByteArray()));
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static void write(ByteBuffer out, long rowCommit, CellState cell, byte[] columns) {
        writeVarint(out, columns.length);
        out.put(columns);
        writeVarint(out, rowCommit - cell.commit());
        writeVarint(out, cell.other() == 0 ? 0 : rowCommit - cell.other() + 1);
        writeVarint(out, cell.stamp().writer());
        out.putLong(cell.stamp().time());
    }

    static List<CellState> decode(long rowCommit, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int width = (int) readVarint(in);
        CellState[] cells = new CellState[width];
        java.util.Arrays.fill(cells, RowMeta.NEVER);
        while (in.hasRemaining()) {
            byte[] columns = new byte[(int) readVarint(in)];
            in.get(columns);
            long commit = rowCommit - readVarint(in);
            long other = readVarint(in);
            long writer = readVarint(in);
            CellState cell =
                    new CellState(commit, new Stamp(in.getLong(), writer), other == 0 ? 0 : rowCommit - other + 1);
            BitSet set = BitSet.valueOf(columns);
            for (int i = 0; i < width; i++) {
                if (columns.length == 0 || set.get(i)) {
                    cells[i] = cell;
                }
            }
        }
        return new ArrayList<>(List.of(cells));
    }

    private static void writeVarint(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long readVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
