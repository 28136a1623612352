package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Stamp;
import dev.godwit.rows.StoredNumbers;
import java.io.ByteArrayOutputStream;
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
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 + groups.size() * 32);
        StoredNumbers.writeVarint(out, cells.size());
        groups.forEach((cell, columns) ->
                write(out, rowCommit, cell, groups.size() == 1 ? new byte[0] : columns.toByteArray()));
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, long rowCommit, CellState cell, byte[] columns) {
        StoredNumbers.writeVarint(out, columns.length);
        out.writeBytes(columns);
        StoredNumbers.writeVarint(out, rowCommit - cell.commit());
        StoredNumbers.writeVarint(out, cell.other() == 0 ? 0 : rowCommit - cell.other() + 1);
        StoredNumbers.writeVarint(out, cell.stamp().writer());
        StoredNumbers.writeLong(out, cell.stamp().time());
    }

    static List<CellState> decode(long rowCommit, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int width = (int) StoredNumbers.readVarint(in);
        CellState[] cells = new CellState[width];
        java.util.Arrays.fill(cells, RowMeta.NEVER);
        while (in.hasRemaining()) {
            byte[] columns = new byte[(int) StoredNumbers.readVarint(in)];
            in.get(columns);
            long commit = rowCommit - StoredNumbers.readVarint(in);
            long other = StoredNumbers.readVarint(in);
            long writer = StoredNumbers.readVarint(in);
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
}
