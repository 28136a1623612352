package dev.godwit.simulation;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.testing.FaultySqlite;
import dev.godwit.testing.ManualDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A device: the process of an application with the real engine in it, its file, its clocks, its way to the server. */
final class SimulatedDevice {
    final String name;
    final String subject;
    final Path file;
    final Set<String> scopes;
    final ManualDevice clock;
    final SimulatedNetwork network;
    /** Only in some runs; in the others nothing syncs but by hand. */
    private final @Nullable SimulatedBackground background;

    private final String schema;
    private final Limits limits;
    private FaultySqlite process = new FaultySqlite(new JdbcSqlite());
    private @Nullable Godwit db;
    private boolean syncing;
    private boolean syncingBesides;

    /** What makes a device. */
    record Making(String name, String subject, Path file, Set<String> scopes, String schema, Limits limits) {}

    SimulatedDevice(
            Making making, ManualDevice clock, SimulatedNetwork network, @Nullable SimulatedBackground background) {
        this.name = making.name();
        this.subject = making.subject();
        this.file = making.file();
        this.scopes = new TreeSet<>(making.scopes());
        this.schema = making.schema();
        this.limits = making.limits();
        this.clock = clock;
        this.network = network;
        this.background = background;
    }

    /** Starts the application; it may die while it starts. */
    void open(boolean first) {
        open(first, false);
    }

    /** Starts a process that does what is due while the application is not there. */
    void visit() {
        open(false, true);
    }

    private void open(boolean first, boolean isVisitor) {
        process = new FaultySqlite(new JdbcSqlite());
        GodwitOptions options = GodwitOptions.of(file.toString(), process)
                .withDevice(clock)
                .withTransport(network)
                .withLimits(limits)
                .withScopes(scopes.toArray(new String[0]));
        db = Godwit.open(first ? options.withSchema(schema) : options);
        if (background != null) {
            background.start(db, process, isVisitor);
        }
    }

    void pass(long millis) {
        clock.pass(millis);
        if (background != null) {
            background.pass(millis);
        }
    }

    void setWall(long millis) {
        clock.setWall(millis);
        if (background != null) {
            background.setWall(millis);
        }
    }

    /** The machine, which is off, is started again. */
    void reboot() {
        clock.reboot();
        if (background != null) {
            background.reboot();
        }
    }

    void online(boolean is) {
        network.up(is);
        if (background != null) {
            background.online(is);
        }
    }

    /** Its background, if it has one and its application runs. */
    Optional<SimulatedBackground> background() {
        return background != null && background.isUp() && isUp() ? Optional.of(background) : Optional.empty();
    }

    /** Syncs in a second process, which knows the file by another name: a lock beside the first name does not hold it off. */
    String syncBesides() {
        Path link = file.resolveSibling(name + "-link.db");
        try {
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        GodwitOptions options = GodwitOptions.of(link.toString(), new JdbcSqlite())
                .withDevice(clock)
                .withTransport(network)
                .withLimits(limits);
        syncingBesides = true;
        try (Godwit second = Godwit.open(options)) {
            return second.sync().toString();
        } finally {
            syncingBesides = false;
        }
    }

    Godwit db() {
        Godwit open = db;
        if (open == null) {
            throw new IllegalStateException(name + " is not running");
        }
        return open;
    }

    boolean isUp() {
        return db != null && !process.isDead();
    }

    FaultySqlite process() {
        return process;
    }

    /** Whether a sync is under way in it. */
    boolean isSyncing() {
        return syncing;
    }

    /** Whether its second process is at it. */
    boolean isSyncingBesides() {
        return syncingBesides;
    }

    void syncing(boolean now) {
        syncing = now;
    }

    void close() {
        background().ifPresent(SimulatedBackground::close);
        db().close();
        db = null;
    }

    /** What the operating system does after a kill; then somebody looks at the file. */
    void bury() {
        boolean hadBackground = background != null && background.isUp();
        end();
        if (background != null && hadBackground) {
            background.checkFile(name);
        }
    }

    /** Lets go of all it has open. */
    void end() {
        process.bury();
        if (background != null) {
            background.bury();
        }
        db = null;
        syncing = false;
    }
}
