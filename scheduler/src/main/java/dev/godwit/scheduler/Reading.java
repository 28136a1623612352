package dev.godwit.scheduler;

/**
 * What is known of a fact.
 *
 * @param truth whether it holds
 * @param source who says so, in words for people, for example {@code /sys/class/power_supply}
 * @param ageMillis how long ago that was found out
 */
public record Reading(Truth truth, String source, long ageMillis) {
    /** Nobody says anything. */
    public static final Reading NONE = new Reading(Truth.UNKNOWN, "nobody", 0);
}
