package dev.godwit.bench;

import dev.godwit.cli.Listing;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Collects the figures and what went wrong; says how far the run is. */
final class Report {
    private final PrintWriter progress;
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    Report(PrintWriter progress) {
        this.progress = progress;
    }

    void progress(String what) {
        progress.println("  " + what);
        progress.flush();
    }

    void add(Figure figure) {
        figures.add(figure);
    }

    /** Compares what two databases hold. */
    void verify(String what, String wanted, String found) {
        require(wanted.equals(found), what + ": the rows differ: " + wanted + " and " + found);
    }

    void require(boolean holds, String fault) {
        if (!holds) {
            faults.add(fault);
            progress("WRONG: " + fault);
        }
    }

    void print(PrintWriter out, boolean json) {
        Listing listing = new Listing(json);
        figures.forEach(figure -> figure.fill(listing.row()));
        listing.print(out, "nothing was measured");
    }

    /** Whether everything that was verified was right. */
    boolean isRight() {
        return faults.isEmpty();
    }

    /** Whether every figure is what was asked for. */
    boolean holds() {
        return figures.stream().allMatch(Figure::holds);
    }
}
