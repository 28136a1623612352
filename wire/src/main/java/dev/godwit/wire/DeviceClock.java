package dev.godwit.wire;

import dev.godwit.model.Limits;
import java.util.Objects;

/**
 * One reading of a device's two clocks. The age of a write is the difference of two {@code elapsedMillis} of one
 * boot; the wall clock is only believed where that is missing.
 *
 * @param wallMillis milliseconds since 1970, as the device believes
 * @param elapsedMillis monotonic milliseconds since the device booted, time asleep included
 * @param bootId names the boot that {@code elapsedMillis} counts from; empty if the device cannot tell. No server reads
 *     more than {@link Limits#NAME_CHARS} characters, and their beginning alone may be that of another boot: it is left empty
 */
public record DeviceClock(long wallMillis, long elapsedMillis, String bootId) {
    /** Checks the components; leaves out a name that is too long. */
    public DeviceClock {
        bootId = Objects.requireNonNull(bootId, "bootId").length() > Limits.NAME_CHARS ? "" : bootId;
    }
}
