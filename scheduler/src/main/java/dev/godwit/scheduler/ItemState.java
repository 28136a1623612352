package dev.godwit.scheduler;

import java.util.Arrays;

/** Where an item of a {@link SyncQueue} is, by its number in the table. */
public enum ItemState {
    /** It is still to be sent, or was sent and nobody has answered. */
    WAITING(0),
    /** It was rejected, or failed too often: kept with its reason until somebody retries or drops it. */
    PARKED(1),
    /** It has taken effect; only its idempotency key is kept. */
    PROCESSED(2);

    private final int number;

    ItemState(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static ItemState of(long number) {
        return Arrays.stream(values())
                .filter(state -> state.number == number)
                .findFirst()
                .orElse(PARKED);
    }
}
