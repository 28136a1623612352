package dev.godwit.simulation;

/**
 * One step of a plan.
 *
 * @param number its place in the plan as it was drawn; kept when others are left out
 * @param kind what it does
 * @param device which device it is about; a plan knows no more devices than its options say
 * @param millis how much time passes before it
 * @param seed of everything else that is random in it, so that leaving out other steps does not change it
 */
record Step(int number, StepKind kind, int device, long millis, long seed) {}
