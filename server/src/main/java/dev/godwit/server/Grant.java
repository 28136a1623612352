package dev.godwit.server;

import java.util.Set;

/**
 * What a token allows.
 *
 * @param subject whom it was given to
 * @param scopes the scopes it grants; nothing outside them is read or written
 * @param readOnly whether it only grants reading
 */
public record Grant(String subject, Set<String> scopes, boolean readOnly) {
    /** Copies the set and checks the subject. */
    public Grant {
        scopes = Set.copyOf(scopes);
        if (subject.isEmpty()) {
            throw new IllegalArgumentException("subject is empty");
        }
    }

    /** Whether rows of the scope may be read: the one place that answers this. */
    public boolean mayRead(String scope) {
        return scopes.contains(scope);
    }

    /** Whether rows of the scope may be written: the one place that answers this. */
    public boolean mayWrite(String scope) {
        return !readOnly && mayRead(scope);
    }
}
