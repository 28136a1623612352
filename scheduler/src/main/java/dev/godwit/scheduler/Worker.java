package dev.godwit.scheduler;

/** Does work of one kind. One worker may be asked to do several works at once, each on a thread of the scheduler. */
@FunctionalInterface
public interface Worker {
    /**
     * Does one run. It looks at {@link WorkContext#isStopped()} now and then, and returns soon if that is true; what it returns
     * then is not used, except a success, which counts if it arrives before the run is given up.
     *
     * @throws Exception means the same as {@link WorkOutcome.Retry} with its message
     */
    WorkOutcome run(WorkContext context) throws Exception;
}
