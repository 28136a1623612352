package dev.godwit.wire;

/**
 * One part of an answer. An answer is an {@link Opening}, the {@link Decisions} about what was pushed, pages and
 * notices as there are, and a {@link Cut} if it reaches the end; or a {@link Refusal} at any place, which ends it.
 */
public sealed interface Frame permits Opening, Decisions, ScopeNotice, Page, Cut, Refusal {}
