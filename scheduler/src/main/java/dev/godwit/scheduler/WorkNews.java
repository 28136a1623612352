package dev.godwit.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Something happened to a work; it is durable when listeners hear of it.
 *
 * @param id the work
 * @param worker who does it
 * @param event what happened
 * @param stop why it was stopped, if it was
 * @param reason in words, if there is one
 */
public record WorkNews(
        WorkId id,
        String worker,
        WorkEvent event,
        @Nullable StopReason stop,
        @Nullable String reason) {}
