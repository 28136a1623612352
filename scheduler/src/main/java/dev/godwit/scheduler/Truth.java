package dev.godwit.scheduler;

/** Kleene's three values: what a device says of itself may not be known. */
public enum Truth {
    /** It holds. */
    TRUE,
    /** It does not hold. */
    FALSE,
    /** Nobody can tell. */
    UNKNOWN;

    /** The truth of what is known. */
    public static Truth of(boolean known) {
        return known ? TRUE : FALSE;
    }

    /** True if both are, false if one is. */
    public Truth and(Truth other) {
        if (this == FALSE || other == FALSE) {
            return FALSE;
        }
        return this == TRUE && other == TRUE ? TRUE : UNKNOWN;
    }

    /** True if one is, false if both are. */
    public Truth or(Truth other) {
        return not().and(other.not()).not();
    }

    /** The opposite; the opposite of unknown is unknown. */
    public Truth not() {
        return switch (this) {
            case TRUE -> FALSE;
            case FALSE -> TRUE;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
