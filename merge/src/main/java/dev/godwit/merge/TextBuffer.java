package dev.godwit.merge;

/**
 * A text that many splices are applied to: the units in one array, with a gap where the last edit was. An edit costs what
 * it writes plus its distance from the one before. For one thread.
 */
public final class TextBuffer {
    private static final int LONGEST = Integer.MAX_VALUE - 8;

    private char[] units;
    private int gapStart;
    private int gapEnd;

    /** A buffer that holds the text. */
    public TextBuffer(String text) {
        int length = text.length();
        units = new char[length + Math.max(64, length >> 4)];
        text.getChars(0, length, units, 0);
        gapStart = length;
        gapEnd = units.length;
    }

    /** How many units the text has now. */
    public int length() {
        return units.length - (gapEnd - gapStart);
    }

    /**
     * Applies one splice.
     *
     * @throws IllegalArgumentException if it lies outside the text or would cut a surrogate pair in two; the text is then
     *     what it was
     */
    public void apply(Splice splice) {
        int at = splice.at();
        int end = at + splice.deleted();
        if (end > length()) {
            throw new IllegalArgumentException(
                    "splice at = " + at + ", deleted = " + splice.deleted() + " in a text of length " + length());
        }
        if (splice.growth() > LONGEST - length()) {
            throw new IllegalArgumentException(
                    "a splice makes a text of length " + length() + " longer than " + LONGEST);
        }
        refuseInsidePair(at);
        refuseInsidePair(end);
        moveGap(at);
        gapEnd += splice.deleted();
        String inserted = splice.inserted();
        int length = inserted.length();
        reserve(length);
        inserted.getChars(0, length, units, gapStart);
        gapStart += length;
    }

    private void refuseInsidePair(int at) {
        if (at > 0 && at < length() && Character.isLowSurrogate(unit(at)) && Character.isHighSurrogate(unit(at - 1))) {
            throw new IllegalArgumentException(
                    "a splice would cut the surrogate pair at " + (at - 1) + " in a text of length " + length());
        }
    }

    private char unit(int at) {
        return units[at < gapStart ? at : at + (gapEnd - gapStart)];
    }

    private void moveGap(int at) {
        if (at < gapStart) {
            int count = gapStart - at;
            System.arraycopy(units, at, units, gapEnd - count, count);
            gapStart -= count;
            gapEnd -= count;
        } else if (at > gapStart) {
            int count = at - gapStart;
            System.arraycopy(units, gapEnd, units, gapStart, count);
            gapStart += count;
            gapEnd += count;
        }
    }

    private void reserve(int more) {
        if (gapEnd - gapStart >= more) {
            return;
        }
        long wanted = (long) length() + more;
        char[] grown = new char[(int) Math.min(LONGEST, wanted + (wanted >> 1) + 64)];
        int tail = units.length - gapEnd;
        System.arraycopy(units, 0, grown, 0, gapStart);
        System.arraycopy(units, gapEnd, grown, grown.length - tail, tail);
        gapEnd = grown.length - tail;
        units = grown;
    }

    @Override
    public String toString() {
        char[] text = new char[length()];
        System.arraycopy(units, 0, text, 0, gapStart);
        System.arraycopy(units, gapEnd, text, gapStart, units.length - gapEnd);
        return new String(text);
    }
}
