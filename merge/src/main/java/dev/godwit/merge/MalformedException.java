package dev.godwit.merge;

/** A value is not what its column's merge word asks for; the message follows the column's name in a sentence. */
final class MalformedException extends Exception {
    private static final int LONGEST = 300;

    MalformedException(String message) {
        super(message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message);
    }
}
