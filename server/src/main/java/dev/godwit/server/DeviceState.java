package dev.godwit.server;

/** What the server knows of a device; {@code number} names it in stamps and receipts. */
record DeviceState(
        long number, String subject, long lastSequence, long confirmed, long safe, long lastStamp, long lastSeen) {

    DeviceState decided(long sequence) {
        return new DeviceState(number, subject, sequence, confirmed, safe, lastStamp, lastSeen);
    }

    DeviceState stamped(long stamp) {
        return new DeviceState(number, subject, lastSequence, confirmed, safe, stamp, lastSeen);
    }

    DeviceState confirmed(long sequence) {
        return new DeviceState(number, subject, lastSequence, sequence, safe, lastStamp, lastSeen);
    }

    DeviceState seen(long millis, long safeSequence) {
        return new DeviceState(number, subject, lastSequence, confirmed, safeSequence, lastStamp, millis);
    }
}
