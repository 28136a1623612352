package dev.godwit.scheduler;

/** Why a work is parked. The order is that of the numbers in the table. */
public enum ParkReason {
    /** Its worker said that it fails for good. */
    FAILED,
    /** All attempts failed. */
    ATTEMPTS,
    /** It has waited for longer than its budget says. */
    AGE,
    /** Its deadline has passed. */
    DEADLINE,
    /** No worker of its name is registered; it is tried again when one is. */
    NO_WORKER,
    /** Somebody has to log in; it is tried again then. */
    LOGIN,
    /** The outputs of what it needs are more than an input can hold. */
    INPUT
}
