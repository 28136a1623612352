package dev.godwit.scheduler;

/** Where an item of a {@link SyncQueue} is. Their places are their numbers in the table. */
public enum ItemState {
    /** It is still to be sent, or was sent and nobody has answered. */
    WAITING,
    /** It was rejected, or failed too often: kept with its reason until somebody retries or drops it. */
    PARKED,
    /** It has taken effect; only its idempotency key is kept. */
    PROCESSED;

    int number() {
        return ordinal();
    }

    static ItemState of(long number) {
        return number >= 0 && number < values().length ? values()[(int) number] : PARKED;
    }
}
