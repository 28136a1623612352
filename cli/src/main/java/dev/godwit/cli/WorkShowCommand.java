package dev.godwit.cli;

import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkId;
import dev.godwit.scheduler.WorkRun;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        description = "One work: why it is where it is, and its runs.",
        footer = {"", "Example: godwit work show a.db w1k9x3abc2d"})
final class WorkShowCommand extends DatabaseCommand {
    @Parameters(
            index = "1",
            paramLabel = "WORK",
            converter = WorkIdConverter.class,
            description = "Its number, as `godwit work` shows it.")
    @SuppressWarnings("NullAway.Init")
    WorkId id;

    @Override
    public Integer call() {
        WorkFile file = new WorkFile(database);
        try (WorkDesk desk = file.reading().orElseThrow(() -> new IllegalArgumentException(file.withoutWork()))) {
            Work work = find(desk, id);
            String why = desk.explain(work, file.device(List.of(work)), ZoneId.systemDefault());
            if (json) {
                Listing listing = listing();
                Map<String, @Nullable Object> row = listing.row();
                row.putAll(fields(work, why));
                row.put("history", desk.history(id).stream().map(this::fields).toList());
                listing.print(out(), "");
            } else {
                fields(work, why).forEach((name, value) -> out().println(name + ": " + value));
                Listing history = listing();
                desk.history(id).forEach(run -> history.row().putAll(fields(run)));
                history.print(out(), "it has not run yet");
            }
        }
        return ExitCode.DONE;
    }

    /**
     * A work that must be there.
     *
     * @throws IllegalArgumentException if it is not
     */
    static Work find(WorkDesk desk, WorkId id) {
        return desk.find(id)
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "there is no work " + id
                                        + ": it is finished and forgotten, or of another database. `godwit work DB --all` lists what is known"));
    }

    private Map<String, @Nullable Object> fields(Work work, String why) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("work", work.id());
        row.put("state", WorkCommand.word(work.state()));
        row.put("worker", work.request().worker());
        row.put(
                "name",
                orNone(
                        work.request().name() == null
                                ? null
                                : work.request().name().name()));
        row.put("key", orNone(work.request().key()));
        row.put("tags", new ArrayList<>(work.tags()));
        row.put("enqueued", Instant.ofEpochMilli(work.enqueuedMillis()));
        row.put("attempts", work.attempts());
        row.put("runs", work.runs());
        row.put("stops", work.stops());
        row.put("constraint", work.constraint().readable());
        row.put("reason", orNone(work.reason()));
        row.put("why", why);
        return row;
    }

    private Map<String, @Nullable Object> fields(WorkRun run) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("run", run.token());
        row.put("started", Instant.ofEpochMilli(run.startedMillis()));
        row.put("millis", run.durationMillis());
        row.put("ended", WorkCommand.word(run.event()));
        row.put("stop", orNone(run.stopReason().map(WorkCommand::word).orElse(null)));
        row.put("reason", orNone(run.reason()));
        return row;
    }

    private @Nullable Object orNone(@Nullable String value) {
        return value == null && !json ? "-" : value;
    }
}
