package dev.godwit.scheduler;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An item as a service sees it.
 *
 * @param idempotencyKey to be sent with the item: a server that has seen it says that it is done, and does nothing
 * @param key its serial key; null for none
 * @param value what the codec made of its bytes
 * @param attempts how often the service has said {@link ItemOutcome.Retry} of it
 */
public record QueueItem<T>(String idempotencyKey, @Nullable String key, T value, int attempts) {
    /** Its serial key, if it has one. */
    public Optional<String> serialKey() {
        return Optional.ofNullable(key);
    }

    /** Those of one line are sent in order; what has no key is in one line. */
    String line() {
        return key == null ? "" : key;
    }
}
