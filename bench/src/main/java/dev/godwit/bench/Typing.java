package dev.godwit.bench;

import dev.godwit.merge.Splice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Somebody who types into every other stripe of a text, a letter an edit: goes somewhere, writes some words, takes back some
 * letters. Two who type into the odd and the even stripes never write in one place, so that what comes of both does not
 * depend on how ties are broken.
 */
final class Typing {
    private static final String LETTERS = "etaoin shrdlu ";

    private final Random random;
    private final int first;
    private final StringBuilder[] stripes;

    /** Into those stripes of so many whose number is {@code first} or an even number more. */
    Typing(String text, int stripes, int first, Random random) {
        this.random = random;
        this.first = first;
        this.stripes = new StringBuilder[stripes];
        for (int i = 0; i < stripes; i++) {
            this.stripes[i] = new StringBuilder(text.substring(at(text, stripes, i), at(text, stripes, i + 1)));
        }
    }

    private static int at(String text, int stripes, int number) {
        int at = (int) ((long) text.length() * number / stripes);
        boolean insidePair = at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at));
        return insidePair ? at - 1 : at;
    }

    /** So many edits, each in the text that those before it leave. */
    List<Splice> type(int count) {
        List<Splice> edits = new ArrayList<>(count);
        while (edits.size() < count) {
            int number = first + 2 * random.nextInt((stripes.length - first + 1) / 2);
            int before = 0;
            for (int i = 0; i < number; i++) {
                before += stripes[i].length();
            }
            run(stripes[number], before, Math.min(count - edits.size(), 1 + random.nextInt(40)), edits);
        }
        return edits;
    }

    /** Letters in one place, not at an edge of the stripe; one run in four takes letters back. */
    private void run(StringBuilder stripe, int before, int length, List<Splice> edits) {
        int at = stripe.length() < 2 ? stripe.length() : 1 + random.nextInt(stripe.length() - 1);
        boolean back = random.nextInt(4) == 0;
        for (int i = 0; i < length; i++) {
            if (back && at > 2 && at < stripe.length() && !Character.isSurrogate(stripe.charAt(at - 1))) {
                at--;
                stripe.deleteCharAt(at);
                edits.add(new Splice(before + at, 1, ""));
            } else if (at > 0 && at < stripe.length() && Character.isLowSurrogate(stripe.charAt(at))) {
                at--;
            } else {
                char letter = LETTERS.charAt(random.nextInt(LETTERS.length()));
                stripe.insert(at, letter);
                edits.add(new Splice(before + at, 0, String.valueOf(letter)));
                at++;
            }
        }
    }

    /** What comes of what two have typed into their stripes of one text. */
    static String merged(Typing even, Typing odd) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < even.stripes.length; i++) {
            text.append((i % 2 == 0 ? even : odd).stripes[i]);
        }
        return text.toString();
    }
}
