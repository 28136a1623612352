package dev.godwit.cli;

import dev.godwit.desktop.DesktopConditions;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkListener;
import dev.godwit.scheduler.WorkNews;
import dev.godwit.scheduler.WorkState;
import dev.godwit.scheduler.Worker;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

@Command(
        name = "run",
        description =
                "Runs what is due now and ends: for a timer, while the application is not there. Work of a worker that the"
                        + " command does not know is left as it is.",
        footer = {
            "",
            "Exit codes: 0 done, or nothing was due, or another process runs this database's work; 1 failed; 4 something is parked"
                    + " and wants a person.",
            "",
            "Example: godwit work run a.db --most 10"
        })
final class WorkRunCommand extends DatabaseCommand {
    /** A longer list of works that are left alone is not counted to its end. */
    private static final int COUNTED = 100_000;

    private static final long LOOK_MILLIS = 60_000;

    @ArgGroup
    @SuppressWarnings("NullAway.Init")
    @Nullable
    Much much;

    /** How much. */
    static final class Much {
        @Option(names = "--most", paramLabel = "N", description = "Begin so many runs at most.")
        int most = Integer.MAX_VALUE;

        @Option(names = "--until-idle", description = "Until nothing more is due, which is the default.")
        boolean untilIdle;
    }

    /** What happened, counted. */
    private static final class Counts implements WorkListener {
        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger succeeded = new AtomicInteger();
        final AtomicInteger parked = new AtomicInteger();
        final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

        @Override
        public void happened(WorkNews news) {
            switch (news.event()) {
                case STARTED -> runs.incrementAndGet();
                case SUCCEEDED, REPEATED -> succeeded.incrementAndGet();
                case PARKED -> parked.incrementAndGet();
                default -> {}
            }
        }

        @Override
        public void trouble(String message) {
            trouble.compareAndSet(null, message);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        int most = much == null ? Integer.MAX_VALUE : much.most;
        if (most < 1) {
            throw new ParameterException(spec.commandLine(), "--most " + most + ": it is 1 or more");
        }
        WorkFile file = new WorkFile(database);
        Optional<WorkDesk> desk = file.reading();
        if (desk.isEmpty()) {
            listing().print(out(), file.withoutWork());
            return ExitCode.DONE;
        }
        desk.get().close();
        Map<String, Worker> workers = KnownWorkers.of(database);
        Counts counts = new Counts();
        boolean isElsewhere;
        try (DesktopConditions conditions = file.conditions()) {
            SchedulerOptions options = SchedulerOptions.of(
                            DRIVER, file.options(), file.clock(), new SecureRandom()::nextDouble)
                    .withConditions(conditions)
                    .asVisitor(most);
            for (Map.Entry<String, Worker> each : workers.entrySet()) {
                options = options.withWorker(each.getKey(), each.getValue());
            }
            isElsewhere = run(options, counts);
        }
        return report(file, workers, counts, isElsewhere);
    }

    /** Runs until nothing more is due; whether another process was at it. */
    private static boolean run(SchedulerOptions options, Counts counts) throws InterruptedException {
        Scheduler scheduler = Scheduler.open(options, counts);
        // a timer's unit that is stopped lets what runs end well
        Thread hook = new Thread(scheduler::close, "godwit-work-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try (scheduler) {
            while (!scheduler.awaitIdle(LOOK_MILLIS)) {
                String trouble = counts.trouble.get();
                if (trouble != null) {
                    throw new IllegalArgumentException(trouble);
                }
            }
            return scheduler.isElsewhere();
        } finally {
            unhook(hook);
        }
    }

    private static void unhook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stops) {
            // it runs already, and closes what is closed
        }
    }

    private int report(WorkFile file, Map<String, Worker> workers, Counts counts, boolean isElsewhere) {
        try (WorkDesk desk = file.reading().orElseThrow()) {
            Map<String, Integer> left = new TreeMap<>();
            for (Work work : desk.list(WorkState.ENQUEUED, COUNTED)) {
                if (!workers.containsKey(work.request().worker())) {
                    left.merge(work.request().worker(), 1, Integer::sum);
                }
            }
            long parked = desk.count(WorkState.PARKED);
            Listing listing = listing();
            Map<String, @Nullable Object> row = listing.row();
            row.put("runs", counts.runs.get());
            row.put("succeeded", counts.succeeded.get());
            row.put("parked", counts.parked.get());
            row.put("waiting", desk.count(WorkState.ENQUEUED));
            row.put("elsewhere", isElsewhere);
            row.put("left", left);
            if (json) {
                listing.print(out(), "");
            } else {
                tell(counts, desk.count(WorkState.ENQUEUED), left, isElsewhere);
                if (parked > 0) {
                    out().println(parked + " parked: `godwit work " + database + "` says why");
                }
            }
            return parked > 0 ? ExitCode.PARKED : ExitCode.DONE;
        }
    }

    private void tell(Counts counts, long waiting, Map<String, Integer> left, boolean isElsewhere) {
        if (isElsewhere) {
            out().println("another process runs the work of " + database + ": nothing was done here");
        } else {
            out().println(counts.runs + " runs, " + counts.succeeded + " succeeded, " + waiting + " wait");
        }
        left.forEach((worker, count) ->
                out().println(count + " left to the application, untouched: the command knows no worker " + worker));
    }
}
