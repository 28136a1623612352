package dev.godwit.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** Finds what somebody may have meant. */
final class Spelling {
    private Spelling() {}

    /** Levenshtein's distance: the fewest letters to insert, delete or change. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    /** A hint to the likeliest of these, or the list of all; case does not matter. */
    static String hint(String word, Collection<String> known) {
        String lower = word.toLowerCase(Locale.ROOT);
        ToIntFunction<String> distance = k -> distance(lower, k.toLowerCase(Locale.ROOT));
        return known.stream()
                .filter(k -> distance.applyAsInt(k) <= 2)
                .min(Comparator.comparingInt(distance))
                .map(k -> "did you mean '" + k + "'?")
                .orElse("known are " + String.join(", ", known));
    }
}
