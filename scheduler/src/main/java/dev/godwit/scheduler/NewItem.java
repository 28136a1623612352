package dev.godwit.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Something for a {@link SyncQueue}.
 *
 * @param value what the codec knows
 * @param idempotencyKey the same key twice is one item; null: the queue makes one
 * @param key serial key; null for none
 */
public record NewItem<T>(
        T value, @Nullable String idempotencyKey, @Nullable String key) {
    /** Checks that keys are not blank. */
    public NewItem {
        if (idempotencyKey != null && idempotencyKey.isBlank()) {
            throw new IllegalArgumentException(
                    "an idempotency key is not blank; leave it out, and the queue makes one");
        }
        if (key != null && key.isBlank()) {
            throw new IllegalArgumentException("a serial key is not blank; leave it out for none");
        }
    }

    /** An item without a serial key, whose idempotency key the queue makes. */
    public static <T> NewItem<T> of(T value) {
        return new NewItem<>(value, null, null);
    }

    /** The same under an idempotency key of the application's own, of the request or the document, say. */
    public NewItem<T> withIdempotencyKey(String own) {
        return new NewItem<>(value, own, key);
    }

    /** The same, in order with all of this serial key. */
    public NewItem<T> withKey(String serial) {
        return new NewItem<>(value, idempotencyKey, serial);
    }
}
