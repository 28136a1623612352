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
    /** Copies the list and checks the components. */
    public Page {
        Objects.requireNonNull(cursor, "cursor");
        blocks = List.copyOf(blocks);
        if (scope.isEmpty()) {
            throw new IllegalArgumentException("scope is empty");
        }
    }
}
