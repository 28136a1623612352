package dev.godwit.scheduler;

/** How the outputs of the works that a work needs come into its input. */
public enum InputMerge {
    /** In the order in which they are needed; of values of one name the last stays. */
    OVERWRITE,
    /** Every name becomes the list of all its values, the work's own first. */
    COLLECT
}
