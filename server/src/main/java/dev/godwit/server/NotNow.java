package dev.godwit.server;

/** Ends the deciding of one transaction: its device has to take something first; never leaves {@link PushDecider}. */
final class NotNow extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotNow(String reason) {
        super(reason, null, false, false);
    }
}
