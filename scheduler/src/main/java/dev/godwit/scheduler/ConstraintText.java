package dev.godwit.scheduler;

import dev.godwit.scheduler.Constraint.AllOf;
import dev.godwit.scheduler.Constraint.AnyOf;
import dev.godwit.scheduler.Constraint.Custom;
import dev.godwit.scheduler.Constraint.FreeBytes;
import dev.godwit.scheduler.Constraint.Holds;
import dev.godwit.scheduler.Constraint.Host;
import dev.godwit.scheduler.Constraint.Not;
import dev.godwit.scheduler.Constraint.Soft;
import dev.godwit.scheduler.Constraint.TimeWindow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Constraints as text, which the store keeps, and their bounds. No blanks, and one text for each constraint:
 *
 * <pre>
 * constraint = fact | "free(" bytes ")" | "window(" HH:mm "-" HH:mm "," zone ")" | "custom(" name ")" | "host(" name ")"
 *            | "all(" [constraint {"," constraint}] ")" | "any(" constraint {"," constraint} ")"
 *            | "not(" constraint ")" | "soft(" constraint "," millis ")"
 * fact       = "connected" | "unmetered" | "not-roaming" | … the names of {@link Fact} in small letters, with hyphens
 * bytes, millis = decimal digits, the first of them not 0
 * </pre>
 */
final class ConstraintText {
    private final String text;
    private int at;

    ConstraintText(String text) {
        this.text = text;
    }

    static String encode(Constraint constraint) {
        return constraint.match(new Encoder());
    }

    static String time(int minute) {
        return two(minute / 60) + ":" + two(minute % 60);
    }

    static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }

    static String word(Fact fact) {
        StringBuilder word = new StringBuilder();
        for (char letter : fact.name().toCharArray()) {
            word.append(letter == '_' ? '-' : (char) (letter - 'A' + 'a'));
        }
        return word.toString();
    }

    static void require(boolean holds, String what, Object found) {
        if (!holds) {
            throw new IllegalArgumentException("a constraint needs " + what + ", and got " + found);
        }
    }

    static void requireName(String name) {
        boolean legal = !name.isEmpty()
                && name.length() <= Constraint.MAX_NAME_CHARS
                && name.strip().equals(name);
        legal &= !name.contains("  ") && name.codePoints().allMatch(ConstraintText::isOfName);
        require(
                legal,
                "a name of 1 to " + Constraint.MAX_NAME_CHARS + " letters, digits, . _ - : / and single blanks within",
                "\"" + name + "\"");
    }

    static void requireHost(String name) {
        boolean legal = !name.isEmpty() && name.length() <= CircuitBreaker.MAX_HOST_CHARS;
        legal &= name.codePoints()
                .allMatch(letter -> Character.isLetterOrDigit(letter) || "._-:[]".indexOf(letter) >= 0);
        require(
                legal,
                "a host of 1 to " + CircuitBreaker.MAX_HOST_CHARS + " letters, digits and . _ - : [ ]",
                "\"" + name + "\"");
    }

    private static boolean isOfName(int letter) {
        return Character.isLetterOrDigit(letter) || " ._-:/".indexOf(letter) >= 0;
    }

    /** Holds what is being made to the bounds, with so many characters of its own. */
    static void requireBounds(List<Constraint> parts, int ownChars) {
        int chars = ownChars;
        int depth = 1;
        for (Constraint part : parts) {
            chars += encode(part).length();
            depth = Math.max(depth, 1 + depth(part));
        }
        require(depth <= Constraint.MAX_DEPTH, "at most " + Constraint.MAX_DEPTH + " levels", depth);
        require(chars <= Constraint.MAX_CHARS, "at most " + Constraint.MAX_CHARS + " characters of text", chars);
    }

    private static int depth(Constraint constraint) {
        int below = 0;
        for (Constraint part : parts(constraint)) {
            below = Math.max(below, depth(part));
        }
        return below + 1;
    }

    static boolean isSoft(Constraint constraint) {
        return constraint instanceof Soft || parts(constraint).stream().anyMatch(ConstraintText::isSoft);
    }

    private static List<Constraint> parts(Constraint constraint) {
        if (constraint instanceof AllOf all) {
            return all.parts();
        }
        if (constraint instanceof AnyOf any) {
            return any.parts();
        }
        if (constraint instanceof Not not) {
            return List.of(not.part());
        }
        return constraint instanceof Soft soft ? List.of(soft.part()) : List.of();
    }

    Constraint parse() {
        if (text.length() > Constraint.MAX_CHARS) {
            throw new IllegalArgumentException("the text of a constraint has " + text.length()
                    + " characters, and may have " + Constraint.MAX_CHARS + ": " + text.substring(0, 60) + "…");
        }
        Constraint constraint = constraint(1);
        if (at < text.length()) {
            throw wrong(at, "its end", null);
        }
        return constraint;
    }

    private Constraint constraint(int depth) {
        int start = at;
        if (depth > Constraint.MAX_DEPTH) {
            throw wrong(start, "no more than " + Constraint.MAX_DEPTH + " levels", null);
        }
        while (at < text.length() && (Character.isLetter(text.charAt(at)) || text.charAt(at) == '-')) {
            at++;
        }
        String word = text.substring(start, at);
        for (Fact fact : Fact.values()) {
            if (word(fact).equals(word)) {
                return new Holds(fact);
            }
        }
        if (!List.of("free", "window", "custom", "host", "all", "any", "not", "soft")
                .contains(word)) {
            throw wrong(start, "a fact, as unmetered, or free, window, custom, host, all, any, not, soft", null);
        }
        expect('(');
        try {
            Constraint made = rest(word, depth);
            expect(')');
            return made;
        } catch (Misplaced e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw wrong(start, "something else: " + e.getMessage(), e);
        }
    }

    private Constraint rest(String word, int depth) {
        return switch (word) {
            case "free" -> new FreeBytes(number());
            case "window" -> window();
            case "custom" -> new Custom(until(')'));
            case "host" -> new Host(until(')'));
            case "all" -> new AllOf(list(depth));
            case "any" -> new AnyOf(list(depth));
            case "not" -> new Not(constraint(depth + 1));
            default -> {
                Constraint part = constraint(depth + 1);
                expect(',');
                yield new Soft(part, number());
            }
        };
    }

    private List<Constraint> list(int depth) {
        List<Constraint> parts = new ArrayList<>();
        if (at < text.length() && text.charAt(at) == ')') {
            return parts;
        }
        parts.add(constraint(depth + 1));
        while (at < text.length() && text.charAt(at) == ',') {
            at++;
            parts.add(constraint(depth + 1));
        }
        return parts;
    }

    private Constraint window() {
        int from = minute();
        expect('-');
        int to = minute();
        expect(',');
        return new TimeWindow(from, to, until(')'));
    }

    private int minute() {
        int start = at;
        String time = text.substring(start, Math.min(start + 5, text.length()));
        if (!time.matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
            throw wrong(start, "a time, as 22:00", null);
        }
        at += 5;
        return Integer.parseInt(time.substring(0, 2)) * 60 + Integer.parseInt(time.substring(3));
    }

    private long number() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.isEmpty() || digits.charAt(0) == '0') {
            throw wrong(start, "a number above 0", null);
        }
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw wrong(start, "a number of 64 bits", e);
        }
    }

    private String until(char end) {
        int start = at;
        while (at < text.length() && text.charAt(at) != end) {
            at++;
        }
        return text.substring(start, at);
    }

    private void expect(char wanted) {
        if (at >= text.length() || text.charAt(at) != wanted) {
            throw wrong(at, "'" + wanted + "'", null);
        }
        at++;
    }

    private Misplaced wrong(int place, String wanted, @Nullable Throwable cause) {
        String found = place >= text.length()
                ? "it ends"
                : "there is \"" + text.substring(place, Math.min(place + 20, text.length())) + "\"";
        return new Misplaced(
                "the constraint \"" + text + "\" is not one: at character " + place + " " + found + ", expected "
                        + wanted,
                cause);
    }

    /** Already says where. */
    private static final class Misplaced extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Misplaced(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private static final class Encoder implements Constraint.Cases<String> {
        @Override
        public String holds(Fact fact) {
            return word(fact);
        }

        @Override
        public String freeBytes(long bytes) {
            return "free(" + bytes + ")";
        }

        @Override
        public String window(TimeWindow window) {
            return "window(" + time(window.fromMinute()) + "-" + time(window.toMinute()) + "," + window.zone() + ")";
        }

        @Override
        public String custom(String name) {
            return "custom(" + name + ")";
        }

        @Override
        public String host(String name) {
            return "host(" + name + ")";
        }

        @Override
        public String allOf(List<Constraint> parts) {
            return "all(" + list(parts) + ")";
        }

        @Override
        public String anyOf(List<Constraint> parts) {
            return "any(" + list(parts) + ")";
        }

        private static String list(List<Constraint> parts) {
            List<String> texts = new ArrayList<>();
            for (Constraint part : parts) {
                texts.add(encode(part));
            }
            return String.join(",", texts);
        }

        @Override
        public String not(Constraint part) {
            return "not(" + encode(part) + ")";
        }

        @Override
        public String soft(Constraint part, long relaxAfterMillis) {
            return "soft(" + encode(part) + "," + relaxAfterMillis + ")";
        }
    }
}
