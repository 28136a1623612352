package dev.godwit.merge;

/**
 * A JSON number, exactly: sign · 0.digits · 10^exponent. It is never expanded, so that 1e999999999 costs no more than 1.
 *
 * @param sign -1, 0 or 1
 * @param exponent one of more than 17 digits is cut to {@link #FARTHEST}, and the number is not exact
 * @param digits without zeros at either end; empty for zero
 */
record JsonNumber(int sign, long exponent, String digits) implements Comparable<JsonNumber> {
    private static final long FARTHEST = 1_000_000_000_000_000_000L;
    private static final int PLAIN_DIGITS = 21;
    private static final int PLAIN_ZEROS = 6;

    /** Reads what JSON allows as a number. */
    static JsonNumber of(String text) {
        int end = Math.max(text.indexOf('e'), text.indexOf('E'));
        String mantissa = text.substring(text.startsWith("-") ? 1 : 0, end < 0 ? text.length() : end);
        int point = mantissa.indexOf('.');
        String all = point < 0 ? mantissa : mantissa.substring(0, point) + mantissa.substring(point + 1);
        int first = 0;
        while (first < all.length() && all.charAt(first) == '0') {
            first++;
        }
        int last = all.length();
        while (last > first && all.charAt(last - 1) == '0') {
            last--;
        }
        if (first == last) {
            return new JsonNumber(0, 0, "");
        }
        long exponent = (end < 0 ? 0 : exponent(text.substring(end + 1))) + (point < 0 ? all.length() : point) - first;
        return new JsonNumber(text.startsWith("-") ? -1 : 1, exponent, all.substring(first, last));
    }

    private static long exponent(String text) {
        int from = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        while (from < text.length() && text.charAt(from) == '0') {
            from++;
        }
        String digits = text.substring(from);
        long size = digits.length() > 17 ? FARTHEST : digits.isEmpty() ? 0 : Long.parseLong(digits);
        return text.startsWith("-") ? -size : size;
    }

    /** Whether the exponent was small enough to be kept. */
    boolean isExact() {
        return Math.abs(exponent) < FARTHEST / 2;
    }

    @Override
    public int compareTo(JsonNumber other) {
        if (sign != other.sign) {
            return Integer.compare(sign, other.sign);
        }
        int bySize = Long.compare(exponent, other.exponent);
        return sign * (bySize != 0 ? bySize : digits.compareTo(other.digits));
    }

    /** The one spelling of this value: plain if it is short so, else with an exponent; nothing is rounded. */
    String canonical() {
        if (sign == 0) {
            return "0";
        }
        return (sign < 0 ? "-" : "") + magnitude();
    }

    private String magnitude() {
        int count = digits.length();
        if (exponent > 0 && exponent <= PLAIN_DIGITS) {
            int whole = (int) exponent;
            return count <= whole
                    ? digits + "0".repeat(whole - count)
                    : digits.substring(0, whole) + "." + digits.substring(whole);
        }
        if (exponent <= 0 && exponent > -PLAIN_ZEROS) {
            return "0." + "0".repeat((int) -exponent) + digits;
        }
        return digits.charAt(0) + (count > 1 ? "." + digits.substring(1) : "") + "e" + (exponent - 1);
    }
}
