package dev.godwit.scheduler;

/** What a device can say of itself, yes or no. What an unknown one is taken for stands in {@link Evaluation}. */
public enum Fact {
    /** There is a network. */
    CONNECTED(true, true),
    /** Its use is not counted. */
    UNMETERED(true, false),
    /** It is not a foreign operator's. */
    NOT_ROAMING(true, true),
    /** It reaches the Internet, past login pages. */
    VALIDATED(true, true),
    /** The device is on external power. */
    CHARGING(false, false),
    /** The battery is not nearly empty. */
    BATTERY_NOT_LOW(false, true),
    /** Nobody uses the device. */
    IDLE(false, false),
    /** There is space on the disk that holds the data. */
    STORAGE_NOT_LOW(false, true);

    private final boolean ofNetwork;
    private final boolean ifUnknown;

    Fact(boolean ofNetwork, boolean ifUnknown) {
        this.ofNetwork = ofNetwork;
        this.ifUnknown = ifUnknown;
    }

    /** Whether it is said of a network, and so cannot hold without one. */
    public boolean ofNetwork() {
        return ofNetwork;
    }

    /** What it is taken for where it is unknown. */
    public boolean ifUnknown() {
        return ifUnknown;
    }
}
