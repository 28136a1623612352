package dev.godwit.server;

/** Texts for people, which may print a key or a value of many mebibytes: as much of them as anybody reads. */
final class Abridged {
    static final int MOST = 1_000;

    private Abridged() {}

    /** The text, or its beginning and an ellipsis. */
    static String of(String text) {
        if (text.length() <= MOST) {
            return text;
        }
        int end = MOST - 1;
        // a character of two chars is kept whole or not at all
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
