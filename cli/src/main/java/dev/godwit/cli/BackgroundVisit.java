package dev.godwit.cli;

import dev.godwit.client.BackgroundSync;
import dev.godwit.client.Godwit;
import dev.godwit.client.Remote;
import dev.godwit.client.Transport;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.WorkDesk;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code godwit work run} has to do with the background sync of a database: it runs the works as the application would. */
final class BackgroundVisit implements AutoCloseable {
    /** The works that sync, as their workers are called. */
    private static final Set<String> SYNCING =
            Set.of(BackgroundSync.SYNC, BackgroundSync.DOWNLOAD, BackgroundSync.PERIODIC);

    private final @Nullable Transport transport;
    private final @Nullable Godwit godwit;
    private final String missing;
    private final List<String> notes = new ArrayList<>();
    private @Nullable BackgroundSync background;
    private long parked;

    private BackgroundVisit(@Nullable Transport transport, @Nullable Godwit godwit, String missing) {
        this.transport = transport;
        this.godwit = godwit;
        this.missing = missing;
    }

    /** Whether an application has ever begun a background sync in a file, as far as its works tell. */
    static boolean isIn(WorkDesk desk) {
        return desk.newest(BackgroundSync.PERIODIC).isPresent()
                || desk.newest(BackgroundSync.SYNC).isPresent();
    }

    /** For a database whose background somebody else sees to, or that has none. */
    static BackgroundVisit none() {
        return new BackgroundVisit(null, null, "");
    }

    /** Opens the database of a command; without a way to its server if that is not stored. */
    static BackgroundVisit open(DatabaseCommand command, @Nullable String token) {
        command.open(null).close(); // a file of an earlier release remembers its server in another way
        Remote remote = command.remote(token);
        String missing = command.missing(remote);
        Transport transport = missing.isEmpty() ? DatabaseCommand.transport(remote) : null;
        try {
            return new BackgroundVisit(transport, command.open(transport), missing);
        } catch (RuntimeException broken) {
            if (transport != null) {
                transport.close();
            }
            throw broken;
        }
    }

    /** Brings the works' workers. */
    void begin(Scheduler scheduler) {
        if (godwit != null) {
            background = BackgroundSync.visit(godwit, scheduler);
        }
    }

    /** Nothing runs any more: what there is to say. Before the scheduler is closed. */
    void end() {
        if (godwit == null || background == null) {
            return;
        }
        parked = godwit.status().parked();
        if (missing.isEmpty()) {
            notes.add(background.explain(ZoneId.systemDefault()));
        }
        background.close();
    }

    /** Whether it knew the worker of this name. */
    boolean knows(String worker) {
        return godwit != null
                && (worker.equals(BackgroundSync.MAINTENANCE) || (missing.isEmpty() && SYNCING.contains(worker)));
    }

    /** Why works of this worker were left alone; empty if that is not known better here. */
    String whyLeft(String worker) {
        return SYNCING.contains(worker) ? missing : "";
    }

    /** Transactions that the server has refused. */
    long parked() {
        return parked;
    }

    /** Sentences for people. */
    List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        if (godwit != null) {
            godwit.close();
        }
        if (transport != null) {
            transport.close();
        }
    }
}
