package dev.godwit.wire;

import java.util.Objects;

/**
 * Something befell a scope.
 *
 * @param scope the scope's name
 * @param kind what
 * @param message a sentence for people
 */
public record ScopeNotice(String scope, Kind kind, String message) implements Frame {

    /** What befell it. The numbers on the wire are in {@code godwit.proto}. */
    public enum Kind {
        /** The device is on another timeline: it sends what may be lost again, and asks for a snapshot. */
        RESET,
        /** The token does not grant the scope, or no longer does. */
        DENIED,
        /** The device is behind the horizon: it drops its staged pages and asks for a snapshot. */
        SNAPSHOT
    }

    /** Checks the components. */
    public ScopeNotice {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
        if (scope.isEmpty()) {
            throw new IllegalArgumentException("scope is empty");
        }
    }
}
