package dev.godwit.simulation;

/** A promise that a run found broken. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String promise;

    Violation(String promise, String message) {
        super(promise + ": " + message);
        this.promise = promise;
    }

    /** Something failed that no promise names: an error nobody expected. */
    static Violation unexpected(String where, Throwable failure) {
        Violation violation = new Violation("unexpected", where + ": " + failure);
        violation.initCause(failure);
        return violation;
    }

    /** Which promise, for instance {@code P2}. */
    String promise() {
        return promise;
    }
}
