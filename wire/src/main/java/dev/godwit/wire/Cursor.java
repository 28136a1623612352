package dev.godwit.wire;

import dev.godwit.model.Checkpoint;
import java.util.Objects;

/**
 * Where the staged pages of a scope end: everything up to and including commit {@code at.commit()} was received, and,
 * if there is a position, a part of what follows.
 *
 * @param at the commit up to which everything was received
 * @param position the server's own note of the place after it; a device stores it and sends it back unread
 */
public record Cursor(Checkpoint at, Bytes position) {

    /** Nothing staged. */
    public static final Cursor NONE = new Cursor(Checkpoint.NONE, Bytes.EMPTY);

    /** Checks the components. */
    public Cursor {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(position, "position");
    }
}
