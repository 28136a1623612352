package dev.godwit.cli;

import dev.godwit.scheduler.ConditionSnapshot;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkState;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Not a {@link DatabaseCommand}: there the file is required, also when a subcommand follows, which has its own. */
@Command(
        name = "work",
        mixinStandardHelpOptions = true,
        description =
                "The background work of a database, whether its application runs or not; exit 4 when something is parked.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example: godwit work a.db",
            "         godwit work show a.db w1k9x3abc2d",
            "         godwit work run a.db"
        },
        subcommands = {
            WorkShowCommand.class,
            WorkRetryCommand.class,
            WorkCancelCommand.class,
            WorkRunCommand.class,
            WorkUnitsCommand.class
        })
final class WorkCommand implements Callable<Integer> {
    private static final List<WorkState> LIVE =
            List.of(WorkState.RUNNING, WorkState.ENQUEUED, WorkState.BLOCKED, WorkState.PARKED);

    private static final List<WorkState> FINISHED = List.of(WorkState.SUCCEEDED, WorkState.CANCELLED);

    @Parameters(index = "0", arity = "0..1", paramLabel = "DB", description = "The database that holds the work.")
    @Nullable
    Path database;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(names = "--all", description = "Also works that have succeeded or were cancelled.")
    boolean all;

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Works of each state at most, the oldest first (${DEFAULT-VALUE}).")
    int most;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        if (database == null) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'DB'");
        }
        if (most < 1) {
            throw new ParameterException(spec.commandLine(), "--most " + most + ": it is 1 or more");
        }
        WorkFile file = new WorkFile(database);
        Optional<WorkDesk> found = file.reading();
        Listing listing = new Listing(json);
        if (found.isEmpty()) {
            listing.print(spec.commandLine().getOut(), file.withoutWork());
            return ExitCode.DONE;
        }
        try (WorkDesk desk = found.get()) {
            List<Work> works = new ArrayList<>();
            LIVE.forEach(state -> works.addAll(desk.list(state, most)));
            if (all) {
                FINISHED.forEach(state -> works.addAll(desk.list(state, most)));
            }
            ConditionSnapshot device = file.device(works);
            works.forEach(work -> add(listing, work, desk.explain(work, device, ZoneId.systemDefault())));
            listing.print(spec.commandLine().getOut(), "no work waits, runs or is parked");
            return desk.count(WorkState.PARKED) > 0 ? ExitCode.PARKED : ExitCode.DONE;
        }
    }

    private void add(Listing listing, Work work, String why) {
        var row = listing.row();
        row.put("work", work.id());
        row.put("state", word(work.state()));
        row.put("worker", work.request().worker());
        row.put(
                "name",
                work.request().name() == null
                        ? missing()
                        : work.request().name().name());
        row.put("attempts", work.attempts());
        row.put("next", work.notBeforeMillis() == 0 ? missing() : Instant.ofEpochMilli(work.notBeforeMillis()));
        row.put("why", why);
    }

    private @Nullable Object missing() {
        return json ? null : "-";
    }

    /** A state, as it is printed. */
    static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
