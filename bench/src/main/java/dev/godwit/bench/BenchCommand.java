package dev.godwit.bench;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Subcommand;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code godwit bench}: the workload through the public API, each figure beside its physical limit from the same run: plain
 * SQLite with the same rows, tables, index and durability, or the same bytes through a plain socket.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Times the workload beside its physical limits; verifies every result.",
        footer = {
            "",
            "Example: godwit bench --rows 20000 --rounds 3",
            "A figure is the median of the rounds: quote ratios, not times, and only from one run."
        })
public final class BenchCommand implements Subcommand {

    /** The parts of the workload. */
    enum Part {
        /** Local writes. */
        WRITES,
        /** Push, pull, changed fields, nothing changed. */
        TRANSFERS,
        /** A first sync with little heap, killed in the middle. */
        MILLION,
        /** The history of a text, beside other engines. */
        TEXTS,
        /** Writes that meet others, beside the same writes alone. */
        MERGES,
        /** Bytes that are remembered of a row. */
        METADATA,
        /** Background work, beside other schedulers. */
        WORKS
    }

    @Option(
            names = "--only",
            split = ",",
            defaultValue = "writes,transfers",
            paramLabel = "PART",
            description = "What to run: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    List<Part> parts = List.of();

    @Option(names = "--commits", defaultValue = "10000", description = "Single commits of W1a.")
    int commits;

    @Option(names = "--rows", defaultValue = "100000", description = "Rows of W1b to W3.")
    int rows;

    @Option(names = "--fields", defaultValue = "1000", description = "Changed fields of W4.")
    int fields;

    @Option(names = "--million", defaultValue = "1000000", description = "Rows of the part MILLION.")
    int million;

    @Option(names = "--keystrokes", defaultValue = "300000", description = "Of the recorded session, at most.")
    int keystrokes;

    @Option(names = "--branch", defaultValue = "10000", description = "Edits of each of the two branches of TEXTS.")
    int branch;

    @Option(names = "--together", defaultValue = "10", description = "Keystrokes of a transaction of TEXTS.")
    int together;

    @Option(names = "--works", defaultValue = "10000", description = "Works of WORKS.")
    int works;

    @Option(names = "--pending", defaultValue = "100000", description = "Works that are there when WORKS opens a file.")
    int pending;

    @Option(
            names = "--node-modules",
            paramLabel = "FOLDER",
            description = "Holds yjs and loro-crdt, for TEXTS to be compared with.")
    @Nullable
    Path modules;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds that count.")
    int rounds;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(names = "--strict", description = "A figure that misses what was asked for is a failure.")
    boolean strict;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("godwit-bench");
        Report report = new Report(spec.commandLine().getErr());
        try {
            run(folder, report);
        } finally {
            remove(folder);
        }
        report.print(spec.commandLine().getOut(), json);
        return report.isRight() && (report.holds() || !strict) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void run(Path folder, Report report) throws IOException, InterruptedException {
        try (SqliteConnection connection = Contents.open(folder.resolve("settings.db"))) {
            report.progress("every database here: " + Contents.durability(connection));
            report.progress(machine());
        }
        List<Object[]> all = Rows.make(rows, 2);
        if (parts.contains(Part.WRITES)) {
            LocalWrites writes = new LocalWrites(folder, report, rounds);
            writes.measure("W1a single commits", Rows.make(commits, 1), 1, 1.5);
            writes.measure("W1b batches of 1,000", all, 1_000, 2.0);
        }
        if (parts.contains(Part.TRANSFERS)) {
            new Transfers(folder, report, rounds, all, Math.min(fields, rows)).measure();
        }
        if (parts.contains(Part.MILLION)) {
            new MillionRows(folder, report, million).measure();
        }
        if (parts.contains(Part.TEXTS)) {
            texts(folder, report);
        }
        if (parts.contains(Part.MERGES)) {
            new Merges(folder, report, rounds, all).measure();
        }
        if (parts.contains(Part.METADATA)) {
            new Metadata(folder, report, rows).measure();
        }
        if (parts.contains(Part.WORKS)) {
            new Works(folder, report, rounds, works).measure();
            WorkTimes times = new WorkTimes(folder, report);
            times.dispatch(1, works / 50);
            times.dispatch(works, works / 50);
            times.recovery(pending, rounds);
        }
    }

    private void texts(Path folder, Report report) throws IOException {
        TextSession session;
        try (SqliteConnection scratch = Contents.open(folder.resolve("scratch.db"))) {
            session = TextSession.find(scratch, keystrokes);
        }
        TextBranches branches = TextBranches.of(session.text(), Math.min(branch, keystrokes));
        new Texts(folder, report, rounds, session, branches).measure(modules);
        new StoredTexts(folder, report, session, together).measure();
    }

    /** What figures depend on that do not say it. */
    private static String machine() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                Locale.ROOT,
                "Java %s, %d processors, load %.1f",
                Runtime.version(),
                system.getAvailableProcessors(),
                system.getSystemLoadAverage());
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
