package dev.godwit.proof;

/** What {@code -Dseed=} gives, or a test's own. */
final class Seeds {
    private Seeds() {}

    static long given(long otherwise) {
        String text = System.getProperty("seed", "");
        return text.isEmpty() ? otherwise : Long.parseLong(text);
    }
}
