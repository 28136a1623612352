package dev.godwit.wire;

import java.nio.charset.StandardCharsets;

/** Texts as UTF-8, both ways strictly: what is no text is never sent, nor taken for one. */
final class Texts {

    private static final char REPLACEMENT = '\uFFFD';

    private Texts() {}

    static byte[] utf8(String text) {
        return wellFormed(text).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The text, with U+FFFD for each half of a surrogate pair that stands alone. UTF-8 has no bytes for those, and the
     * JDK would write a question mark, which looks like something that a person typed.
     */
    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return replaceLoneSurrogates(text);
            }
        }
        return text;
    }

    private static String replaceLoneSurrogates(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
                .forEach(result::appendCodePoint);
        return result.toString();
    }
}
