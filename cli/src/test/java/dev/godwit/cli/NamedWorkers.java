package dev.godwit.cli;

import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.scheduler.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Workers as an application on the command's class path would bring them. */
public final class NamedWorkers implements WorkerSource {
    @Override
    public Map<String, Worker> workers(Path database) {
        Path folder = database.toAbsolutePath().getParent();
        return Map.of(
                "notes",
                context -> {
                    Files.writeString(folder.resolve("ran-" + context.id()), "ran");
                    return WorkOutcome.success();
                },
                "refused",
                context -> WorkOutcome.failed("the house said no"),
                "offline",
                context -> WorkOutcome.retry("no route to the house"),
                "patient",
                context -> {
                    CountDownLatch stopped = new CountDownLatch(1);
                    context.onStop(stopped::countDown);
                    Files.writeString(folder.resolve("begun"), "begun");
                    stopped.await();
                    return WorkOutcome.retry("it was stopped");
                });
    }
}
