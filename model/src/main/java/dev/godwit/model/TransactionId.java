package dev.godwit.model;

import java.util.UUID;

/** Identifies a transaction for ever, whatever device or sequence it travels under: a UUID of version 7 (RFC 9562). */
public record TransactionId(UUID value) {
    /**
     * A version 7 id from its parts.
     *
     * @param unixMillis wall clock; only its lowest 48 bits are used, and nothing but the sort order depends on it
     * @param random 74 of these 128 random bits are used
     */
    public static TransactionId of(long unixMillis, UUID random) {
        long high = (unixMillis << 16) | 0x7000L | (random.getMostSignificantBits() & 0xfffL);
        long low = (random.getLeastSignificantBits() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new TransactionId(new UUID(high, low));
    }

    /**
     * Reads the canonical form.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    public static TransactionId parse(String text) {
        return new TransactionId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
