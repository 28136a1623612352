package dev.godwit.scheduler;

/** What a parked work does to the works behind it that have the same serial key. */
public enum KeyRule {
    /** They run. */
    GO_ON,
    /** They wait until it is tried again or cancelled. */
    STOP
}
