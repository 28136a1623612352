package dev.godwit.scheduler;

/** Hears what happens, on a thread of the scheduler, outside of its locks; should return soon. What it throws is logged. */
public interface WorkListener {
    /** Something happened to a work. */
    default void happened(WorkNews news) {}

    /** A run has said how far it is. */
    default void progressed(WorkId id, WorkData progress) {}

    /**
     * The device is not as it was when the scheduler last looked. Heard before it decides what runs now.
     *
     * @param before as it was then; ages of readings and free space may differ without a change
     */
    default void deviceChanged(ConditionSnapshot before, ConditionSnapshot now) {}

    /** Something is wrong with the scheduler itself; it goes on as well as it can. */
    default void trouble(String message) {}

    /** The scheduler's tables were broken, and are new and empty now: enqueue again what is still to be done. */
    default void rebuilt() {}
}
