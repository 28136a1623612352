package dev.godwit.proof;

import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteOptions.Durability;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What a {@link Crew} does while its disk is watched, in a process of its own: writes, syncs, closes and opens again, checkpoints;
 * the same for the same seed. Says aloud what was acknowledged, in order with what happens on the disk.
 *
 * <ul>
 *   <li>{@code write a a-7}: a's write of that order has returned
 *   <li>{@code answered a 7}: the server has answered a request that held the first 7 writes of a
 *   <li>{@code ready}: there is something to write to
 * </ul>
 */
final class Workload {
    private final Crew crew;
    private final Random random;
    private final Consumer<String> aloud;
    private final int[] written = new int[2];

    private Workload(Crew crew, Random random, Consumer<String> aloud) {
        this.crew = crew;
        this.random = random;
        this.aloud = aloud;
    }

    /** {@code FOLDER SEED STEPS DURABILITY disk|out}: acknowledges to the disk's log or to the standard output. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Consumer<String> aloud = arguments[4].equals("disk") ? toDisk(new FaultDisk(folder)) : System.out::println;
        try (Crew crew = new Crew(folder, Durability.valueOf(arguments[3]), 1)) {
            new Workload(crew, new Random(Long.parseLong(arguments[1])), aloud).run(Integer.parseInt(arguments[2]));
        }
    }

    private static Consumer<String> toDisk(FaultDisk disk) {
        return line -> disk.order("ack " + line);
    }

    private void run(int steps) {
        crew.begin();
        aloud.accept("ready");
        for (int i = 0; i < steps; i++) {
            int who = random.nextInt(3) == 0 ? 1 : 0;
            Crew.Member member = crew.members().get(who);
            int what = random.nextInt(100);
            if (what < 70) {
                write(member, who);
            } else if (what < 88) {
                sync(member, who);
            } else if (what < 92) {
                member.reopen();
            } else if (what < 98) {
                checkpoint(random.nextBoolean() ? member.file() : crew.server.file());
            } else {
                crew.server.close();
                crew.server.start();
            }
        }
    }

    private void write(Crew.Member member, int who) {
        String id = member.name + "-" + written[who];
        member.write(id, "n".repeat(random.nextInt(4) == 0 ? random.nextInt(9_000) : random.nextInt(60)));
        written[who]++;
        aloud.accept("write " + member.name + " " + id);
    }

    private void sync(Crew.Member member, int who) {
        int all = written[who];
        member.transport.beforeNextAnswer(() -> aloud.accept("answered " + member.name + " " + all));
        member.synced();
    }

    /** As SQLite does by itself when a log is long. */
    private static void checkpoint(Path file) {
        try (SqliteConnection connection = Crew.DRIVER.open(SqliteOptions.of(file.toString()))) {
            Sql.rows(connection, "pragma wal_checkpoint(passive)");
        }
    }
}
