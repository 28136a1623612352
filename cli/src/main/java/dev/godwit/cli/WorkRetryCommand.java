package dev.godwit.cli;

import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(
        name = "retry",
        description = "Tries a parked work again, with all its attempts before it.",
        footer = {"", "Example: godwit work retry a.db w1k9x3abc2d"})
final class WorkRetryCommand extends OneWorkCommand {
    @Override
    Optional<WorkDesk> desk(WorkFile file) {
        return file.writing();
    }

    @Override
    void run(WorkFile file, WorkDesk desk, Work work) {
        if (!desk.retry(id)) {
            throw new IllegalArgumentException("work " + id + " is " + WorkCommand.word(work.state())
                    + ", and only parked work is tried again; `godwit work show DB " + id + "` says why it waits");
        }
        out().println(
                        json
                                ? "{\"work\":\"" + id + "\",\"state\":\"enqueued\"}"
                                : "work " + id
                                        + " is tried again: by the application, which looks every few minutes,"
                                        + " or by `godwit work run`");
    }
}
