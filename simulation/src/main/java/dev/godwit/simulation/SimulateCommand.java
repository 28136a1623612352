package dev.godwit.simulation;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Listing;
import dev.godwit.cli.Subcommand;
import dev.godwit.simulation.StepKind.Fault;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code godwit simulate}: fleets under faults, each from a seed; a seed that breaks a promise is told as a short story. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = "Runs fleets under faults, each from a seed, and checks the promises after each.",
        footer = {
            "",
            "Example: godwit simulate --seeds 200",
            "The same seed with the same options does the same, step by step: --first N --seeds 1 --story tells it.",
            "Exit codes: 0 all promises held and everything was reached, 1 otherwise."
        })
public final class SimulateCommand implements Subcommand {
    private static final long LONG_SEEDS = 100_000;
    private static final int SHRINKING_RUNS = 400;
    /** From so many seeds on a kind of fault that was never reached is a failure of the simulator. */
    private static final int ENOUGH_SEEDS = 40;

    @Option(names = "--seeds", defaultValue = "100", description = "How many runs. Default: ${DEFAULT-VALUE}.")
    long seeds;

    @Option(names = "--first", defaultValue = "1", description = "The first seed.")
    long first;

    @Option(
            names = "--devices",
            defaultValue = "" + SimulationOptions.DEVICES,
            description = "Devices of a run; copies come on top.")
    int devices;

    @Option(
            names = "--days",
            defaultValue = "" + SimulationOptions.DAYS,
            description = "About so many days pass in a run.")
    int days;

    @Option(names = "--steps", defaultValue = "" + SimulationOptions.STEPS, description = "Steps of a run.")
    int steps;

    @Option(
            names = "--burst",
            defaultValue = "" + SimulationOptions.BURST,
            description = "Transactions in a row, at most; most bursts are short.")
    int burst;

    @Option(
            names = "--even",
            description =
                    "Every kind of step in each run, and every sync by hand; otherwise each run leaves out about half of"
                            + " the kinds, and in every third one the devices sync by themselves too, by the scheduler.")
    boolean even;

    @Option(
            names = "--faults",
            paramLabel = "KIND,…",
            defaultValue = "all",
            description = "What goes wrong: all, none, or some of network, crash, disk, clock, restore, grant.")
    String faults = "all";

    @Option(names = "--threads", defaultValue = "0", description = "Runs beside each other; 0: one per processor.")
    int threads;

    @Option(
            names = "--long",
            description =
                    "100,000 seeds: the long run of a release. Takes most of a day on two processors; with --minutes and"
                            + " --first it can be run in parts.")
    boolean longRun;

    @Option(names = "--minutes", defaultValue = "0", description = "End after so many minutes; 0: when all are run.")
    int minutes;

    @Option(names = "--stop-at-first", description = "End at the first violation.")
    boolean stopAtFirst;

    @Option(names = "--no-shrink", description = "Do not look for the shortest story of a violation.")
    boolean whole;

    @Option(names = "--story", description = "Tell what happens in each run.")
    boolean story;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        SimulationOptions options = options();
        long total = longRun ? LONG_SEEDS : seeds;
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        Progress progress = new Progress(spec.commandLine().getErr(), total);
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        Predicate<Campaign.Sum> enough =
                now -> (stopAtFirst && !now.failures().isEmpty()) || (minutes > 0 && System.nanoTime() - deadline > 0);
        Campaign.Sum sum = new Campaign(workers, story, enough)
                .run(first, total, seed -> Plan.random(seed, options), outcome -> heard(outcome, progress));
        List<String> missing = sum.seeds() >= ENOUGH_SEEDS ? missing(sum.reach(), options) : List.of();
        print(sum, missing);
        if (sum.seeds() < total && !json) {
            spec.commandLine().getOut().println("ended early; --first " + (first + sum.seeds()) + " goes on");
        }
        if (!whole && !json && !sum.failures().isEmpty()) {
            tell(shrunk(sum.failures().get(0)));
        }
        boolean well =
                sum.failures().isEmpty() && missing.isEmpty() && sum.reach().of("transactions") > 0;
        return well ? ExitCode.DONE : ExitCode.FAILED;
    }

    private SimulationOptions options() {
        try {
            return new SimulationOptions(devices, days, steps, burst, !even, faults());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Set<Fault> faults() {
        if (faults.equals("all")) {
            return EnumSet.allOf(Fault.class);
        }
        EnumSet<Fault> chosen = EnumSet.of(Fault.NONE);
        for (String name : faults.split(",", -1)) {
            chosen.add(Arrays.stream(Fault.values())
                    .filter(fault -> fault.toString().equals(name.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("--faults = " + name + ": it is all, or some of "
                            + Arrays.toString(Fault.values()) + " with commas")));
        }
        return chosen;
    }

    private void heard(Outcome outcome, Progress progress) {
        PrintWriter out = spec.commandLine().getOut();
        if (story) {
            out.println("seed " + outcome.plan().seed() + ", trace " + outcome.hash());
            outcome.story().forEach(out::println);
        }
        Violation violation = outcome.violation();
        if (violation != null) {
            Listing listing = new Listing(json);
            Map<String, @Nullable Object> row = listing.row();
            row.put("seed", outcome.plan().seed());
            row.put("violation", String.valueOf(violation.getMessage()));
            row.put("trace", outcome.hash());
            if (json) {
                listing.print(out, "");
            } else {
                out.println("seed " + outcome.plan().seed() + " breaks " + violation.getMessage());
            }
            out.flush();
        }
        progress.one(outcome);
    }

    /** What should have happened in so many runs and never did. */
    private static List<String> missing(Reach reach, SimulationOptions options) {
        Stream<String> wanted = REACHED.entrySet().stream()
                .filter(kind -> options.faults().contains(kind.getKey()))
                .flatMap(kind -> kind.getValue().stream());
        return Stream.concat(wanted, options.swarm() ? Stream.of("syncs by themselves") : Stream.of())
                .filter(what -> reach.of(what) == 0)
                .toList();
    }

    private static final Map<Fault, List<String>> REACHED = Map.of(
            Fault.NONE, List.of("transactions", "accepted", "conflicts", "parked", "checkpoints compared", "transfers"),
            Fault.NETWORK,
                    List.of("requests lost", "requests doubled", "answers lost", "answers cut", "answers mixed up"),
            Fault.CRASH, List.of("devices killed", "servers killed"),
            Fault.DISK, List.of("disk errors on devices", "disk errors on the server"),
            Fault.CLOCK, List.of("clocks set"),
            Fault.RESTORE, List.of("devices restored", "devices cloned", "servers restored"),
            Fault.GRANT, List.of("rights taken away"));

    private void print(Campaign.Sum sum, List<String> missing) {
        PrintWriter out = spec.commandLine().getOut();
        Listing listing = new Listing(json);
        if (json) {
            Map<String, @Nullable Object> row = listing.row();
            row.put("seeds", sum.seeds());
            row.put("violations", sum.failures().size());
            row.put("neverReached", missing);
            row.put("reached", sum.reach().counts());
            listing.print(out, "");
        } else {
            sum.reach().counts().forEach((what, times) -> {
                Map<String, @Nullable Object> row = listing.row();
                row.put("reached", what);
                row.put("times", times);
            });
            listing.print(out, "");
            if (!missing.isEmpty()) {
                out.println("never reached: " + missing);
            }
            out.println(sum.seeds() + " seeds, " + sum.reach().of("transactions") + " transactions checked, "
                    + sum.failures().size() + " violations");
        }
        out.flush();
    }

    private Outcome shrunk(Outcome failing) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("looking for the shortest story of seed " + failing.plan().seed() + " …");
        err.flush();
        Plan shortest = new Shrinker(plan -> Simulation.run(plan, false), SHRINKING_RUNS, left -> {
                    err.println(left + " steps are left");
                    err.flush();
                })
                .shrink(failing);
        return Simulation.run(shortest, true);
    }

    private void tell(Outcome shortest) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("The story of seed " + shortest.plan().seed() + ", shortened:");
        shortest.story().forEach(out::println);
        out.flush();
    }
}
