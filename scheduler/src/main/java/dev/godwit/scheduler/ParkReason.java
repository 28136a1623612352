package dev.godwit.scheduler;

import java.util.Arrays;

/** Why a work is parked. */
public enum ParkReason {
    /** Its worker said that it fails for good. */
    FAILED(0),
    /** All attempts failed. */
    ATTEMPTS(1),
    /** It has waited for longer than its budget says. */
    AGE(2),
    /** Its deadline has passed. */
    DEADLINE(3),
    /** No worker of its name is registered; it is tried again when one is. */
    NO_WORKER(4),
    /** Somebody has to log in; it is tried again then. */
    LOGIN(5),
    /** The outputs of what it needs are more than an input can hold. */
    INPUT(6);

    private final int number;

    ParkReason(int number) {
        this.number = number;
    }

    /** Its number in the table. */
    int number() {
        return number;
    }

    /** The reason of a number in the table. */
    static ParkReason of(long number) {
        return Arrays.stream(values())
                .filter(reason -> reason.number == number)
                .findFirst()
                .orElse(FAILED);
    }
}
