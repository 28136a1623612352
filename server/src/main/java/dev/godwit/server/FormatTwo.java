package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Stamp;
import dev.godwit.rows.StoredNumbers;
import dev.godwit.sql.SqliteStatement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Reads what the formats 1 and 2 of the server's file kept of a row, for the upgrade.
 *
 * <p>Columns of {@code godwit_row}: {@code arrived} (commit number − arrived), {@code birth} (empty for the first row under its
 * key, else scope id, commit number and writer in eight bytes each), {@code deleted}, {@code cells}.
 *
 * <p>Cells: number of columns, then groups, each: the columns (length and bytes of a little-endian bit set; length 0 means
 * all), row commit − commit, other (0 for none, else row commit − other + 1), writer, all as varints; then the stamp's time,
 * eight bytes big-endian.
 */
final class FormatTwo {
    private FormatTwo() {}

    /** A row of columns commit_number, arrived, birth, deleted, cells, from {@code first} on. */
    static CellGroups.Row row(SqliteStatement row, int first) {
        byte[] birth = row.columnBlob(first + 2);
        ByteBuffer in = ByteBuffer.wrap(birth);
        return new CellGroups.Row(
                row.columnLong(first + 3) != 0,
                row.columnLong(first + 1),
                birth.length == 0 ? null : new CellGroups.Birth(in.getLong(), in.getLong(), in.getLong()),
                cells(row.columnLong(first), row.columnBlob(first + 4)));
    }

    static List<CellState> cells(long rowCommit, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CellState[] cells = new CellState[(int) StoredNumbers.readVarint(in)];
        Arrays.fill(cells, RowMeta.NEVER);
        while (in.hasRemaining()) {
            byte[] columns = new byte[(int) StoredNumbers.readVarint(in)];
            in.get(columns);
            long commit = rowCommit - StoredNumbers.readVarint(in);
            long other = StoredNumbers.readVarint(in);
            long writer = StoredNumbers.readVarint(in);
            CellState cell =
                    new CellState(commit, new Stamp(in.getLong(), writer), other == 0 ? 0 : rowCommit - other + 1);
            BitSet set = BitSet.valueOf(columns);
            for (int i = 0; i < cells.length; i++) {
                if (columns.length == 0 || set.get(i)) {
                    cells[i] = cell;
                }
            }
        }
        return Arrays.asList(cells);
    }
}
