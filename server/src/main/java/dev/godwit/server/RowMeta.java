package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.merge.Seen;
import dev.godwit.model.Stamp;
import java.util.Collections;
import java.util.List;

/**
 * What the server remembers of a row beside its values.
 *
 * @param scope the scope it lives in, or lived in when it was deleted
 * @param commit the commit number of its last change there
 * @param arrived the commit number with which it came into that scope: a device below it gets the row whole
 * @param birth its insert: scope, commit number and writer, and whether there was an earlier row under the same key
 * @param deleted whether only a tombstone is left
 * @param cells per column its state; a column that the list does not reach was added to the table later and never written
 */
record RowMeta(String scope, long commit, long arrived, Birth birth, boolean deleted, List<CellState> cells) {

    /** Of a column that nobody has written since it was added. */
    static final CellState NEVER = new CellState(0, Stamp.ZERO, 0);

    record Birth(String scope, long commit, long writer, boolean again) {}

    RowMeta {
        cells = List.copyOf(cells);
    }

    CellState cell(int column) {
        return column < cells.size() ? cells.get(column) : NEVER;
    }

    /** The last change of any cell by anyone else than this writer. */
    long lastByOther(Seen seen) {
        long last = 0;
        for (CellState cell : cells) {
            last = Math.max(last, cell.lastByOther(seen));
        }
        return last;
    }

    /** Whether anybody else changed the row above this writer's base. */
    boolean isConcurrent(Seen seen) {
        return lastByOther(seen) > seen.base();
    }

    /** What is remembered once the row is deleted by this stamp's writer, under a commit number of its scope. */
    RowMeta tombstone(long deletedAt, Stamp stamp, Seen seen, int width) {
        CellState gone = new CellState(deletedAt, stamp, lastByOther(seen));
        return new RowMeta(scope, deletedAt, arrived, birth, true, Collections.nCopies(width, gone));
    }
}
