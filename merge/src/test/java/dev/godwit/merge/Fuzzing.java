package dev.godwit.merge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What the targets of this module have in common: parts of an input, and what is asked of what comes out. */
final class Fuzzing {
    /** Between parts; no text in UTF-8 has it. */
    private static final byte END = (byte) 0xff;

    private Fuzzing() {}

    /** Whether it was read; only a refusal may come instead, or what Java says of a number that is none. */
    static boolean reads(Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (IllegalArgumentException refused) {
            if (refused.getClass() != IllegalArgumentException.class && !(refused instanceof NumberFormatException)) {
                throw refused;
            }
            return false;
        }
    }

    static byte[] from(byte[] data, int at) {
        return Arrays.copyOfRange(data, Math.min(at, data.length), data.length);
    }

    /** The texts between the ends; as many as asked for, empty where there are no more. */
    static List<String> texts(byte[] data, int from, int count) {
        List<String> texts = new ArrayList<>();
        int start = Math.min(from, data.length);
        for (int at = start; at <= data.length && texts.size() < count; at++) {
            if (at == data.length || data[at] == END) {
                texts.add(new String(data, start, at - start, StandardCharsets.UTF_8));
                start = at + 1;
            }
        }
        while (texts.size() < count) {
            texts.add("");
        }
        return texts;
    }

    /** What {@link #texts} takes apart, behind a first byte. */
    static byte[] seed(char kind, String... texts) {
        byte[] all = (kind + String.join("\0", texts)).getBytes(StandardCharsets.UTF_8);
        for (int i = 1; i < all.length; i++) {
            all[i] = all[i] == 0 ? END : all[i];
        }
        return all;
    }

    static byte[] seed(char kind, byte[] rest) {
        byte[] seed = new byte[rest.length + 1];
        seed[0] = (byte) kind;
        System.arraycopy(rest, 0, seed, 1, rest.length);
        return seed;
    }

    static void same(Object first, Object second, String what) {
        if (!Objects.equals(first, second)) {
            throw new AssertionError(what + ": " + first + "; " + second);
        }
    }

    static void holds(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
