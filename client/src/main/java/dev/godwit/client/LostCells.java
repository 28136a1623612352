package dev.godwit.client;

import dev.godwit.model.Key;
import dev.godwit.model.Outcome.LostCell;
import dev.godwit.rows.RowWrites.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The cells of one transaction whose values lost a merge, by row. */
final class LostCells {
    private final Map<Place, List<LostCell>> cells = new HashMap<>();

    LostCells(List<LostCell> cells) {
        for (LostCell cell : cells) {
            this.cells
                    .computeIfAbsent(place(cell.table(), cell.key()), row -> new ArrayList<>())
                    .add(cell);
        }
    }

    private static Place place(String table, Key key) {
        return new Place(table.toLowerCase(Locale.ROOT), key);
    }

    private List<LostCell> of(RowChange change) {
        return cells.isEmpty()
                ? List.of()
                : cells.getOrDefault(place(change.table().name(), change.key()), List.of());
    }

    /** Whether the whole change of this row was lost to a delete. */
    boolean whole(RowChange change) {
        return of(change).stream().anyMatch(cell -> cell.column() == null);
    }

    /** The columns of this row whose values lost, as indexes into its table. */
    Set<Integer> columns(RowChange change) {
        Set<Integer> columns = new HashSet<>();
        for (LostCell cell : of(change)) {
            if (cell.column() != null) {
                change.table().columnIndex(cell.column()).ifPresent(columns::add);
            }
        }
        return columns;
    }
}
