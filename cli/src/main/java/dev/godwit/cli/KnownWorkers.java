package dev.godwit.cli;

import dev.godwit.scheduler.Worker;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The workers that the command knows. The one place to add another. */
final class KnownWorkers {
    private KnownWorkers() {}

    /** By their names; one of a {@link WorkerSource} comes before one of the command's own. */
    static Map<String, Worker> of(Path database) {
        Map<String, Worker> workers = new TreeMap<>();
        for (WorkerSource source : ServiceLoader.load(WorkerSource.class)) {
            workers.putAll(source.workers(database));
        }
        return workers;
    }
}
