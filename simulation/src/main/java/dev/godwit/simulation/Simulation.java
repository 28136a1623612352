package dev.godwit.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs plans, each in a folder of its own that is removed afterwards. */
final class Simulation {
    /** In memory where the machine has such a folder: what a power cut does to a disk is proven elsewhere. */
    private static final Path MEMORY = Path.of("/dev/shm");

    static {
        // the engines log what fails, and here that is the work of thousands of planned faults; read when their loggers
        // are made
        System.setProperty("org.slf4j.simpleLogger.log.dev.godwit", "off");
    }

    private Simulation() {}

    /** Runs a plan on one thread. The same plan always has the same outcome. */
    static Outcome run(Plan plan, boolean telling) {
        Path folder = folder();
        Trace trace = new Trace(telling);
        Reach reach = new Reach();
        Violation violation = null;
        World world = new World(plan, folder, trace, reach);
        try {
            world.run();
        } catch (Violation found) {
            violation = found;
        } catch (RuntimeException | StackOverflowError failure) {
            violation = Violation.unexpected("an error that nothing handles", failure);
        } finally {
            world.end();
            remove(folder);
        }
        if (violation != null) {
            trace.line("VIOLATION " + violation.getMessage());
        }
        return new Outcome(plan, trace.hash(), reach, violation, List.copyOf(trace.lines()));
    }

    private static Path folder() {
        try {
            return Files.isWritable(MEMORY)
                    ? Files.createTempDirectory(MEMORY, "godwit-simulation")
                    : Files.createTempDirectory("godwit-simulation");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
