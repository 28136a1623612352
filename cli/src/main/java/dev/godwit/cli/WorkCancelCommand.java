package dev.godwit.cli;

import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "cancel",
        description = "Cancels a work, and what needs it; one that runs is told to stop.",
        footer = {"", "Example: godwit work cancel a.db w1k9x3abc2d"})
final class WorkCancelCommand extends DatabaseCommand {
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
        try (WorkDesk desk = file.writing().orElseThrow(() -> new IllegalArgumentException(file.withoutWork()))) {
            Work work = WorkShowCommand.find(desk, id);
            if (!desk.cancel(id)) {
                throw new IllegalArgumentException("work " + id + " is " + WorkCommand.word(work.state())
                        + " already: there is nothing left to cancel");
            }
            out().println(json ? "{\"work\":\"" + id + "\",\"state\":\"cancelled\"}" : "work " + id + " is cancelled");
        }
        return ExitCode.DONE;
    }
}
