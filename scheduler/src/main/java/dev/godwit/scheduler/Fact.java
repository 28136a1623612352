package dev.godwit.scheduler;

/** What a device can say of itself, yes or no. */
public enum Fact {
    /** There is a network. */
    CONNECTED,
    /** Its use is not counted. */
    UNMETERED,
    /** It is not a foreign operator's. */
    NOT_ROAMING,
    /** It reaches the Internet, past login pages. */
    VALIDATED,
    /** The device is on external power. */
    CHARGING,
    /** The battery is not nearly empty. */
    BATTERY_NOT_LOW,
    /** Nobody uses the device. */
    IDLE,
    /** There is space on the disk that holds the data. */
    STORAGE_NOT_LOW
}
