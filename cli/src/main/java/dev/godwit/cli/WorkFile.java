package dev.godwit.cli;

import dev.godwit.desktop.DesktopConditions;
import dev.godwit.desktop.SystemWorkClock;
import dev.godwit.scheduler.ConditionSnapshot;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDesk;
import dev.godwit.scheduler.WorkState;
import dev.godwit.sql.SqliteOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The database whose work a command is about; any SQLite file in which an application has a scheduler. */
final class WorkFile {
    private final Path database;
    private final SystemWorkClock clock = new SystemWorkClock();

    /**
     * Looks whether it is there.
     *
     * @throws IllegalArgumentException if it is not
     */
    WorkFile(Path database) {
        if (!Files.isRegularFile(database)) {
            throw new IllegalArgumentException(database
                    + (Files.exists(database) ? " is no file" : " does not exist")
                    + ": give the database in which the application enqueues its work");
        }
        this.database = database;
    }

    /** From the root on. */
    Path path() {
        return database.toAbsolutePath().normalize();
    }

    SystemWorkClock clock() {
        return clock;
    }

    SqliteOptions options() {
        return SqliteOptions.of(database.toString());
    }

    /** Nothing if no work was ever enqueued in it. */
    Optional<WorkDesk> reading() {
        return open(options().reading());
    }

    private Optional<WorkDesk> open(SqliteOptions options) {
        try {
            return WorkDesk.open(DatabaseCommand.DRIVER, options, clock);
        } catch (IllegalStateException broken) {
            throw new IllegalArgumentException(broken.getMessage(), broken);
        }
    }

    /** Nothing if no work was ever enqueued in it. */
    Optional<WorkDesk> writing() {
        return reading().flatMap(desk -> {
            desk.close();
            return open(options());
        });
    }

    String withoutWork() {
        return "no work was ever enqueued in " + database;
    }

    DesktopConditions conditions() {
        return DesktopConditions.open(folder(), clock);
    }

    private File folder() {
        Path parent = path().getParent();
        return parent == null ? new File("/") : parent.toFile();
    }

    /** The device, if one of the works waits for it. */
    ConditionSnapshot device(List<Work> works) {
        boolean asks = works.stream()
                .anyMatch(work ->
                        work.state() == WorkState.ENQUEUED && !work.constraint().equals(Constraint.NONE));
        if (!asks) {
            return ConditionSnapshot.UNKNOWN;
        }
        try (DesktopConditions conditions = conditions()) {
            return conditions.now();
        }
    }
}
