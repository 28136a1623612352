package dev.godwit.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** What happened in a run, line by line: as a hash always, as text where a person will read it. */
final class Trace {
    private final boolean kept;
    private final List<String> lines = new ArrayList<>();
    private final CRC32C low = new CRC32C();
    private final CRC32C high = new CRC32C();
    private int depth;

    Trace(boolean kept) {
        this.kept = kept;
        high.update(1);
    }

    void line(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        low.update(bytes);
        high.update(bytes);
        high.update(depth);
        if (kept) {
            lines.add("  ".repeat(depth) + text);
        }
    }

    /** Whether a person will read it: then more is said than what tells two runs apart. */
    boolean isKept() {
        return kept;
    }

    /** A line for people only. */
    void detail(String text) {
        if (kept) {
            lines.add("  ".repeat(depth) + "    " + text);
        }
    }

    /** What follows happens while something else is under way. */
    void begin() {
        depth++;
    }

    void end() {
        depth--;
    }

    /** Equal for runs that did the same. */
    String hash() {
        return String.format("%08x%08x", high.getValue(), low.getValue());
    }

    List<String> lines() {
        return lines;
    }
}
