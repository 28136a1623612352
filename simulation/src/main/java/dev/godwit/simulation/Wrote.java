package dev.godwit.simulation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a transaction wrote, where the model can find it again. */
sealed interface Wrote {
    /** Whether the server may refuse it though nothing else is wrong. */
    default boolean mayBeRefused() {
        return false;
    }

    /** Two entries: of the same batch in one scope, or of one batch in each of two. */
    record Batch(String from, String to) implements Wrote {}

    /** A value that nobody else writes, in a cell whose row is never deleted. */
    record Value(String id, String column, String value, String before, long millis) implements Wrote {}

    /** A word in a text from which nothing is deleted. */
    record Word(String id, String word) implements Wrote {}

    /** A value of a column that keeps the greatest or the least, in a row that is never deleted. */
    record Extreme(String id, String column, long value) implements Wrote {
        private static final Pattern SQL =
                Pattern.compile("update item set (best|least) = (\\d+) where id = '(\\w+-i[01])'");

        /** What a statement wrote, if it is one like this. */
        static @Nullable Extreme of(String sql) {
            Matcher matcher = SQL.matcher(sql);
            return matcher.matches()
                    ? new Extreme(matcher.group(3), matcher.group(1), Long.parseLong(matcher.group(2)))
                    : null;
        }
    }

    /** A row under a key that others may take, too, made by {@code who}; or, later, a note on it. */
    record Claim(String table, String who, @Nullable String note) implements Wrote {
        @Override
        public boolean mayBeRefused() {
            return true;
        }
    }

    /** A note on a row under such a key, which everybody may write who sees none: of those who do at once, one stays. */
    record Note(String table, String who, String text) implements Wrote {
        @Override
        public boolean mayBeRefused() {
            return true;
        }
    }

    /** In a column of a box, of which all that is ever written is known, in its order. */
    sealed interface Boxed extends Wrote {
        /** The row. */
        String id();

        /** What is looked at by itself: a stock, or one element. */
        default String box() {
            return id();
        }
    }

    /** Something was added to a stock: a power of two that nobody else adds. */
    record Delta(String id, long value) implements Boxed {}

    /** A stock was counted; {@code shown} was on the shelf's label. */
    record Recount(String id, long value, long shown) implements Boxed {
        /** From a device that was away for too long. */
        @Override
        public boolean mayBeRefused() {
            return true;
        }
    }

    /** An element came into a set that did not show it, or went from one that did. */
    record Element(String id, String element, boolean isAdded) implements Boxed {
        @Override
        public String box() {
            return id + " " + element;
        }
    }
}
