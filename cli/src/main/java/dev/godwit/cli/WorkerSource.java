package dev.godwit.cli;

import dev.godwit.scheduler.Worker;
import java.nio.file.Path;
import java.util.Map;

/**
 * Workers that {@code godwit work run} may run, found by {@link java.util.ServiceLoader}: an application that puts its jar on the
 * command's class path beside the command's own adds its workers like that.
 */
public interface WorkerSource {
    /**
     * The workers for the work of a database, by the names under which it was enqueued. Nothing may be kept open: a worker opens
     * what it needs when it runs, and closes it.
     */
    Map<String, Worker> workers(Path database);
}
