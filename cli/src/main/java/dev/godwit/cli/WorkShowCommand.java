package dev.godwit.cli;

import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkRun;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(
        name = "show",
        description = "One work: why it is where it is, and its runs.",
        footer = {"", "Example: godwit work show a.db w1k9x3abc2d"})
final class WorkShowCommand extends OneWorkCommand {
    @Override
    Optional<WorkDesk> desk(WorkFile file) {
        return file.reading();
    }

    @Override
    void run(WorkFile file, WorkDesk desk, Work work) {
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
