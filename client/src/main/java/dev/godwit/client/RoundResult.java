package dev.godwit.client;

import dev.godwit.client.CutApplier.Effect;
import dev.godwit.wire.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a round did.
 *
 * @param effect what the cut did, or null
 * @param refusal the server's refusal, or null
 * @param later how long the server wants to be left alone with what it did not decide, or -1
 * @param skew by how much the local wall clock is ahead of the server's, or null if the server did not say
 */
record RoundResult(
        End end,
        @Nullable Effect effect,
        @Nullable Refusal refusal,
        long later,
        @Nullable Long skew,
        long bytesUp,
        long bytesDown) {

    /** How a round ended. */
    enum End {
        /** A cut was applied. */
        CUT,
        /** The device has a new identity, or reads its scopes from zero, or has not asked for rows yet: ask again at once. */
        AGAIN,
        /** Somebody else moved the local state; the answer was dropped: ask again at once. */
        STALE,
        /** The server refused the request. */
        REFUSED,
        /** More rows come than are wanted now; what had come is staged. */
        HELD,
        /** It was told to stop; what had come is staged. */
        STOPPED
    }

    static RoundResult of(End end, @Nullable Effect effect, @Nullable Refusal refusal, long later) {
        return new RoundResult(end, effect, refusal, later, null, 0, 0);
    }

    RoundResult with(@Nullable Long measuredSkew, long up, long down) {
        return new RoundResult(end, effect, refusal, later, measuredSkew, up, down);
    }
}
