package dev.godwit.merge;

import java.util.List;

/**
 * One edit of a text: units are removed at a place, and others put there. Positions and lengths are in UTF-16 units, as
 * {@link String} counts them. A list of splices is applied one after the other, each to the text that the one before left.
 *
 * @param at the index in the text before this splice
 * @param deleted how many units from there on go
 * @param inserted what comes in their place; never half of a surrogate pair
 */
public record Splice(int at, int deleted, String inserted) {
    public Splice {
        if (at < 0 || deleted < 0 || at > Integer.MAX_VALUE - deleted) {
            throw new IllegalArgumentException("splice at = " + at + ", deleted = " + deleted);
        }
        int lone = loneSurrogate(inserted);
        if (lone >= 0) {
            throw new IllegalArgumentException(
                    "splice at = " + at + " inserts half of a surrogate pair, unit " + lone + " of its text");
        }
    }

    /**
     * The text after the splices.
     *
     * @throws IllegalArgumentException if one of them lies outside the text or would cut a surrogate pair in two
     */
    public static String apply(String text, List<Splice> splices) {
        TextBuffer buffer = new TextBuffer(text);
        for (Splice splice : splices) {
            buffer.apply(splice);
        }
        return buffer.toString();
    }

    /** By how much the text grows; negative if it shrinks. */
    public int growth() {
        return inserted.length() - deleted;
    }

    /** The index of the first surrogate without its other half, or -1. */
    static int loneSurrogate(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                if (Character.isLowSurrogate(unit)
                        || i + 1 == length
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
