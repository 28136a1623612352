package dev.godwit.scheduler;

import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A work as it is at a moment. Times are of the wall clock as it is now, however often it was set since.
 *
 * @param id its number
 * @param request what it was asked to do; the tags are in {@link #tags}
 * @param state where it is
 * @param attempts failed attempts
 * @param runs runs begun
 * @param stops runs that were stopped or lost
 * @param enqueuedMillis when it was enqueued
 * @param waitingSinceMillis since when it has been in its state or, if it waits, waited
 * @param notBeforeMillis it waits for this moment; 0 if for none
 * @param isBehindKey whether it waits for another of its key
 * @param constraint what it waits for: what the request says, and what a run has put itself off to
 * @param parked why it is parked; null if it is not
 * @param reason why the last run did not succeed, or why it is parked or cancelled; null if there is nothing to say
 * @param output what it returned; empty before
 * @param progress what it last said of itself
 * @param tags its tags
 */
public record Work(
        WorkId id,
        WorkRequest request,
        WorkState state,
        int attempts,
        long runs,
        int stops,
        long enqueuedMillis,
        long waitingSinceMillis,
        long notBeforeMillis,
        boolean isBehindKey,
        Constraint constraint,
        @Nullable ParkReason parked,
        @Nullable String reason,
        WorkData output,
        WorkData progress,
        SortedSet<String> tags) {}
