package dev.godwit.proof;

import dev.godwit.client.GodwitException;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteOptions.Durability;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What a {@link Crew} does while its disk is watched, in a process of its own: writes, syncs, closes and opens again, checkpoints;
 * the same for the same seed. Says aloud what was acknowledged, in order with what happens on the disk.
 *
 * <ul>
 *   <li>{@code write a a-7}: a's write of that order has returned
 *   <li>{@code answered a}: the server has answered a request of a, which held all that a had written
 *   <li>{@code ready}: there is something to write to
 * </ul>
 */
final class Workload {
    static final int ENDED = 3;
    private static final int EIO = 5;

    private final Crew crew;
    private final Random random;
    private final Consumer<String> aloud;
    private final Optional<FaultDisk> failing;
    private final int run;
    private int written;

    private Workload(Crew crew, int run, Random random, Consumer<String> aloud, Optional<FaultDisk> failing) {
        this.crew = crew;
        this.run = run;
        this.random = random;
        this.aloud = aloud;
        this.failing = failing;
    }

    /**
     * {@code FOLDER SEED STEPS DURABILITY log|syncs-fail|out RUN}: acknowledges to the disk's log or to the standard output. Where
     * syncs of files fail, some failures end the process, with {@link #ENDED}, and the next run goes on.
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int run = Integer.parseInt(arguments[5]);
        Random random = new Random(Long.parseLong(arguments[1]) + run);
        int steps = Integer.parseInt(arguments[2]);
        try (Crew crew = new Crew(folder, Durability.valueOf(arguments[3]), run)) {
            if (arguments[4].equals("out")) {
                // the power goes while this runs, and it dies of that
                System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
                new Workload(crew, run, random, System.out::println, Optional.empty()).run(steps);
                return;
            }
            FaultDisk disk = new FaultDisk(folder);
            Optional<FaultDisk> failing = arguments[4].equals("log") ? Optional.empty() : Optional.of(disk);
            new Workload(crew, run, random, line -> disk.order("ack " + line), failing).run(steps);
        }
    }

    private void run(int steps) {
        crew.begin();
        aloud.accept("ready");
        for (int i = 0; i < steps; i++) {
            Crew.Member member = random.nextInt(3) == 0 ? crew.b : crew.a;
            if (failing.isPresent() && random.nextInt(8) == 0) {
                String whose = random.nextInt(3) == 0 ? "server.db" : member.name + ".db";
                failing.get().order("failsync " + (1 + random.nextInt(2)) + " " + EIO + " once " + whose);
            }
            try {
                step(member);
            } catch (SqliteException | GodwitException typed) {
                aloud.accept("failed");
                if (failing.isEmpty()) {
                    throw typed;
                }
            }
            failing.ifPresent(this::afterwards);
            crew.members().forEach(Crew.Member::openIfClosed);
        }
    }

    /** After a failure an application goes on, or starts again, or dies. */
    private void afterwards(FaultDisk disk) {
        boolean struck = disk.count().met() > 0;
        disk.order("off");
        int then = struck ? random.nextInt(3) : 2;
        if (then == 0) {
            Runtime.getRuntime().halt(ENDED);
        } else if (then == 1) {
            crew.members().forEach(Crew.Member::close);
            crew.server.close();
            crew.server.start();
        }
    }

    private void step(Crew.Member member) {
        int what = random.nextInt(100);
        if (what < 70) {
            write(member);
        } else if (what < 88) {
            sync(member);
        } else if (what < 92) {
            member.reopen();
        } else if (what < 98) {
            checkpoint(random.nextBoolean() ? member.file() : crew.server.file());
        } else {
            crew.server.close();
            crew.server.start();
        }
    }

    private void write(Crew.Member member) {
        String id = member.name + "-" + run + "-" + written++;
        member.write(id, "n".repeat(random.nextInt(4) == 0 ? random.nextInt(9_000) : random.nextInt(60)));
        aloud.accept("write " + member.name + " " + id);
    }

    private void sync(Crew.Member member) {
        String answered = "answered " + member.name;
        if (failing.isEmpty()) {
            // said before the device knows
            member.transport.beforeNextAnswer(() -> aloud.accept(answered));
            member.synced();
        } else if (member.db().sync().isSynced()) {
            aloud.accept(answered);
        }
    }

    /** As SQLite does by itself when a log is long. */
    private static void checkpoint(Path file) {
        try (SqliteConnection connection = Crew.DRIVER.open(SqliteOptions.of(file.toString()))) {
            Sql.rows(connection, "pragma wal_checkpoint(passive)");
        }
    }
}
