package dev.godwit.model;

import java.util.UUID;

/** Names one copy of one local database. Random; a clone that is found out takes a new one (H2). */
public record DeviceId(UUID value) implements Comparable<DeviceId> {
    @Override
    public int compareTo(DeviceId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
