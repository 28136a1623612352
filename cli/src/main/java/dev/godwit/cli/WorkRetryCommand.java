package dev.godwit.cli;

import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "retry",
        description = "Tries a parked work again, with all its attempts before it.",
        footer = {"", "Example: godwit work retry a.db w1k9x3abc2d"})
final class WorkRetryCommand extends DatabaseCommand {
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
        return ExitCode.DONE;
    }
}
