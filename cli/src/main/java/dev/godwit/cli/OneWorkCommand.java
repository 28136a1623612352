package dev.godwit.cli;

import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkId;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** What every command on one work has: its number, and the work, which must be there. */
abstract class OneWorkCommand extends DatabaseCommand {
    @Parameters(
            index = "1",
            paramLabel = "WORK",
            converter = WorkIdConverter.class,
            description = "Its number, as `godwit work` shows it.")
    @SuppressWarnings("NullAway.Init")
    WorkId id;

    @Override
    public final Integer call() {
        WorkFile file = new WorkFile(database);
        try (WorkDesk desk = desk(file).orElseThrow(() -> new IllegalArgumentException(file.withoutWork()))) {
            Work work = desk.find(id)
                    .orElseThrow(
                            () -> new IllegalArgumentException(
                                    "there is no work " + id
                                            + ": it is finished and forgotten, or of another database. `godwit work DB --all` lists what is known"));
            run(file, desk, work);
        }
        return ExitCode.DONE;
    }

    /** The file's work, opened for what the command does with it. */
    abstract Optional<WorkDesk> desk(WorkFile file);

    abstract void run(WorkFile file, WorkDesk desk, Work work);
}
