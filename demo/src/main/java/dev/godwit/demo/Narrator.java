package dev.godwit.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Tells the story and keeps the score. */
final class Narrator {
    private final PrintWriter out;
    private final List<String> broken = new ArrayList<>();
    private int checks;
    private int steps;

    Narrator(PrintWriter out) {
        this.out = out;
    }

    /** Begins a step that shows some requirements (docs/requirements.md). */
    void step(String requirements, String what) {
        steps++;
        out.printf("%n%2d  %s  [%s]%n", steps, what, requirements);
        out.flush();
    }

    void say(String what) {
        out.println("      " + what);
        out.flush();
    }

    /** Checks something that was promised. */
    void check(String promise, boolean kept) {
        checks++;
        out.println((kept ? "    ✓ " : "    ✗ ") + promise);
        out.flush();
        if (!kept) {
            broken.add(promise);
        }
    }

    /** The score; true if everything that was checked held. */
    boolean end(long millis) {
        out.printf("%n%d checks in %d steps, %d broken, %.1f s%n", checks, steps, broken.size(), millis / 1000.0);
        broken.forEach(promise -> out.println("  broken: " + promise));
        out.flush();
        return broken.isEmpty();
    }
}
