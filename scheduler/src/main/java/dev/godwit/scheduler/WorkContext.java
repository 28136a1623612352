package dev.godwit.scheduler;

import java.util.Optional;

/** What a worker knows of the run it is doing. Safe for use by the threads of that run. */
public interface WorkContext {
    /** The work. */
    WorkId id();

    /** Its own input, with the outputs of the works that it needed. */
    WorkData input();

    /** Which attempt this is: 1 and one for each failed attempt before it. */
    int attempt();

    /** A number that grows with every run of this work; a server that is told it can refuse what an older run sends late. */
    long token();

    /** What {@link #checkpoint(WorkData)} saved last, in this run or an earlier one; empty if nothing. */
    WorkData checkpoint();

    /**
     * Saves how far it is, durably: the next run finds it, after a stop, a failure or a kill. It is forgotten on success.
     *
     * @throws StaleRunException if this run is no longer the one that counts
     */
    void checkpoint(WorkData data);

    /**
     * Says how far it is, for observers.
     *
     * @throws StaleRunException if this run is no longer the one that counts
     */
    void progress(WorkData data);

    /** Whether it should return soon. */
    boolean isStopped();

    /** Why it should. */
    Optional<StopReason> stopReason();

    /** Calls somebody once when it should stop, on any thread; at once if it should already. */
    void onStop(Runnable listener);
}
