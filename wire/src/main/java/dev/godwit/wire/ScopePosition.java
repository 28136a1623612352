package dev.godwit.wire;

import dev.godwit.model.Checkpoint;
import java.util.Objects;

/**
 * How far a device is in one scope. Rows are chosen against the cursor, columns against the visible checkpoint (H7).
 *
 * @param scope the scope's name
 * @param visible the checkpoint that the application reads
 * @param cursor where the staged pages end; equal to the checkpoint, without a position, if nothing is staged
 */
public record ScopePosition(String scope, Checkpoint visible, Cursor cursor) {
    /** Checks the components. */
    public ScopePosition {
        Objects.requireNonNull(visible, "visible");
        Objects.requireNonNull(cursor, "cursor");
        if (scope.isEmpty()) {
            throw new IllegalArgumentException("scope is empty");
        }
    }
}
