package dev.godwit.cli;

import dev.godwit.client.BackgroundSync;
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
import java.util.ArrayList;
import java.util.List;
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
                "Runs what is due now and ends: for a timer, while the application is not there. It knows the background sync of a"
                        + " Godwit database; work of a worker that it does not know is left as it is.",
        footer = {
            "",
            "Exit codes: 0 done, or nothing was due, or another process runs this database's work; 1 failed; 4 something is parked,"
                    + " a work or a transaction, and wants a person.",
            "",
            "Example: godwit work run a.db --most 10"
        })
final class WorkRunCommand extends DatabaseCommand {
    /** A longer list of works that are left alone is not counted to its end. */
    private static final int COUNTED = 100_000;

    private static final long LOOK_MILLIS = 60_000;

    @Option(
            names = "--token",
            paramLabel = "T",
            description = "A token for the background sync; also from GODWIT_TOKEN.",
            defaultValue = "${env:GODWIT_TOKEN}")
    @Nullable
    String token;

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
            listing().print(out(), isSetUp() ? file.withoutWork() + "; " + withoutSync() : file.withoutWork());
            return ExitCode.DONE;
        }
        boolean isSynced = BackgroundVisit.isIn(desk.get());
        desk.get().close();
        Map<String, Worker> workers = KnownWorkers.of(database);
        boolean isVisited = isSynced && isSetUp() && !workers.containsKey(BackgroundSync.SYNC);
        Counts counts = new Counts();
        try (DesktopConditions conditions = file.conditions();
                BackgroundVisit visit = isVisited ? BackgroundVisit.open(this, token) : BackgroundVisit.none()) {
            SchedulerOptions options = SchedulerOptions.of(
                            DRIVER, file.options(), file.clock(), new SecureRandom()::nextDouble)
                    .withConditions(conditions)
                    .asVisitor(most);
            for (Map.Entry<String, Worker> each : workers.entrySet()) {
                options = options.withWorker(each.getKey(), each.getValue());
            }
            boolean isElsewhere = run(options, counts, visit);
            if (!isSynced && isSetUp()) {
                visit.notes().add(withoutSync());
            }
            return report(file, workers, counts, visit, isElsewhere);
        }
    }

    private String withoutSync() {
        return "no application keeps " + database + " in sync in the background: `godwit sync " + database
                + "` does it now";
    }

    /** Runs until nothing more is due; whether another process was at it. */
    private static boolean run(SchedulerOptions options, Counts counts, BackgroundVisit visit)
            throws InterruptedException {
        Scheduler scheduler = Scheduler.open(options, counts);
        // a timer's unit that is stopped lets what runs end well
        Thread hook = new Thread(scheduler::close, "godwit-work-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try (scheduler) {
            visit.begin(scheduler);
            while (!scheduler.awaitIdle(LOOK_MILLIS)) {
                String trouble = counts.trouble.get();
                if (trouble != null) {
                    throw new IllegalArgumentException(trouble);
                }
            }
            visit.end();
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

    private int report(
            WorkFile file, Map<String, Worker> workers, Counts counts, BackgroundVisit visit, boolean isElsewhere) {
        try (WorkDesk desk = file.reading().orElseThrow()) {
            Map<String, Integer> left = new TreeMap<>();
            for (Work work : desk.list(WorkState.ENQUEUED, COUNTED)) {
                String worker = work.request().worker();
                if (!workers.containsKey(worker) && !visit.knows(worker)) {
                    left.merge(worker, 1, Integer::sum);
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
            row.put("notes", notes(visit, left));
            if (json) {
                listing.print(out(), "");
            } else {
                tell(counts, desk.count(WorkState.ENQUEUED), left, visit, isElsewhere);
                notes(visit, left).forEach(out()::println);
                if (parked > 0) {
                    out().println(parked + " parked: `godwit work " + database + "` says why");
                }
            }
            return parked + visit.parked() > 0 ? ExitCode.PARKED : ExitCode.DONE;
        }
    }

    /** What there is to say about the background sync. */
    private List<String> notes(BackgroundVisit visit, Map<String, Integer> left) {
        List<String> notes = new ArrayList<>(visit.notes());
        left.keySet().stream()
                .map(visit::whyLeft)
                .filter(why -> !why.isEmpty())
                .distinct()
                .forEach(notes::add);
        if (visit.parked() > 0) {
            notes.add(visit.parked() + " transactions are parked: `godwit outbox " + database + "` says why");
        }
        return notes;
    }

    private void tell(
            Counts counts, long waiting, Map<String, Integer> left, BackgroundVisit visit, boolean isElsewhere) {
        if (isElsewhere) {
            out().println("another process runs the work of " + database + ": nothing was done here");
        } else {
            out().println(counts.runs + " runs, " + counts.succeeded + " succeeded, " + waiting + " wait");
        }
        left.forEach((worker, count) -> out().println(count + " left to the application, untouched: the command "
                + (visit.whyLeft(worker).isEmpty() ? "knows no worker " : "cannot run ") + worker));
    }
}
