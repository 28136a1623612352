package dev.godwit.wire;

import dev.godwit.model.RowBlock;
import java.util.List;
import java.util.Objects;

/**
 * Some rows of a scope, to be staged.
 *
 * @param scope the scope's name
 * @param blocks the rows; tombstones are applied before the others (H4)
 * @param cursor where the staged pages end with this one
 */
public record Page(String scope, List<RowBlock> blocks, Cursor cursor) implements Frame {
    private static final int FIELDS_OF_NAME = 12;

    /**
     * With so many names of tables and columns, each counted in every block that has it, a page ends: where each row has
     * changed in other columns, they are most of it. A reader takes {@link Bounds#FIELDS}; the rest is room for the last row.
     */
    public static final int NAMES = Bounds.FIELDS / 100 * 60 / FIELDS_OF_NAME;

    /** Copies the list and checks the components. */
    public Page {
        Objects.requireNonNull(cursor, "cursor");
        blocks = List.copyOf(blocks);
        if (scope.isEmpty()) {
            throw new IllegalArgumentException("scope is empty");
        }
    }
}
