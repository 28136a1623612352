package dev.godwit.server;

import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import org.jspecify.annotations.Nullable;

/** Ends the deciding of one transaction with a rejection; never leaves {@link PushDecider}. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Outcome.Rejected rejection;

    Refused(RejectionCode code, String message, @Nullable String table, @Nullable Key key) {
        super(message, null, false, false);
        this.rejection = new Outcome.Rejected(code, message, table, key == null ? null : key.toString());
    }

    Outcome.Rejected rejection() {
        return rejection;
    }
}
