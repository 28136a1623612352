package dev.godwit.client;

import dev.godwit.model.Outcome.LostCell;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The cells of one transaction whose values lost a merge, by row. */
final class LostCells {
    private final List<LostCell> cells;

    LostCells(List<LostCell> cells) {
        this.cells = cells;
    }

    /** Whether the whole change of this row was lost to a delete. */
    boolean whole(RowChange change) {
        return cells.stream().anyMatch(cell -> cell.column() == null && isOf(cell, change));
    }

    /** The columns of this row whose values lost, as indexes into its table. */
    Set<Integer> columns(RowChange change) {
        Set<Integer> columns = new HashSet<>();
        for (LostCell cell : cells) {
            String column = cell.column();
            if (column != null && isOf(cell, change)) {
                change.table().columnIndex(column).ifPresent(columns::add);
            }
        }
        return columns;
    }

    private static boolean isOf(LostCell cell, RowChange change) {
        return cell.table().equalsIgnoreCase(change.table().name())
                && cell.key().equals(change.key());
    }
}
