package dev.godwit.merge;

import dev.godwit.model.Stamp;

/**
 * When a write happened, as far as the server can believe it.
 *
 * @param ageMillis how long before the request it was made, by the device's elapsed clock; negative if that is not known
 *     because the device was restarted in between
 * @param wallMillis what the device's wall clock said then
 */
public record WriteTime(long ageMillis, long wallMillis) {

    /**
     * The packed time of the write. A wrong wall clock changes nothing while the age is known, and moves the write no
     * further than between the device's last contact and now otherwise.
     *
     * @param serverNow the server's clock
     * @param lastContact when the device was last heard of, by the server's clock
     */
    public long believed(long serverNow, long lastContact) {
        long millis = ageMillis >= 0 ? serverNow - ageMillis : Math.min(Math.max(wallMillis, lastContact), serverNow);
        return Stamp.ofMillis(Math.min(millis, serverNow));
    }
}
