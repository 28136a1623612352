package dev.godwit.cli;

/** What the command's exit codes mean. */
public final class ExitCode {
    /** Done. */
    public static final int DONE = 0;
    /** Something failed; the message says what. */
    public static final int FAILED = 1;
    /** The arguments are wrong. */
    public static final int USAGE = 2;
    /** The server cannot be reached; nothing is lost. */
    public static final int OFFLINE = 3;
    /** Something is parked, or waits in the conflict inbox, and wants a person. */
    public static final int PARKED = 4;

    private ExitCode() {}
}
