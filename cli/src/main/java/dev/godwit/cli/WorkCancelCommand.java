package dev.godwit.cli;

import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(
        name = "cancel",
        description = "Cancels a work, and what needs it; one that runs is told to stop.",
        footer = {"", "Example: godwit work cancel a.db w1k9x3abc2d"})
final class WorkCancelCommand extends OneWorkCommand {
    @Override
    Optional<WorkDesk> desk(WorkFile file) {
        return file.writing();
    }

    @Override
    void run(WorkFile file, WorkDesk desk, Work work) {
        if (!desk.cancel(id)) {
            throw new IllegalArgumentException("work " + id + " is " + WorkCommand.word(work.state())
                    + " already: there is nothing left to cancel");
        }
        out().println(json ? "{\"work\":\"" + id + "\",\"state\":\"cancelled\"}" : "work " + id + " is cancelled");
    }
}
