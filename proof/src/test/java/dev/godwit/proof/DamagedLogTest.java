package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.sql.SqliteOptions.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's log is cut off, damaged or gone: what opens is whole, each row with its place in the outbox, and syncs. */
class DamagedLogTest {
    private static final int WRITES = 12;
    private static final int STATES = 12;

    private final long seed = Seeds.given(20261127);

    @TempDir
    Path folder;

    private int states;

    @Test
    void whatIsLeftOfTheLogIsWholeTransactionsInTheirOrder() throws Exception {
        Path running = Files.createDirectories(folder.resolve("running"));
        Random random = new Random(seed);
        int shortened = 0;
        try (Crew crew = new Crew(running, Durability.NORMAL, 1)) {
            crew.begin();
            crew.a.reopen(); // what is written from here on is in the log alone
            for (int i = 0; i < WRITES; i++) {
                crew.a.write(id(i), "n".repeat(random.nextInt(3_000)));
            }
            byte[] log = Files.readAllBytes(running.resolve("a.db-wal"));
            assertThat(left(running, log)).as("without the shared memory").isEqualTo(WRITES);
            assertThat(left(running, new byte[0])).as("without the log").isZero();
            for (int i = 0; i < STATES; i++) {
                int place = random.nextInt(log.length);
                shortened += left(running, Arrays.copyOf(log, place)) < WRITES ? 1 : 0;
                byte[] damaged = log.clone();
                damaged[place] ^= (byte) (1 << random.nextInt(8));
                shortened += left(running, damaged) < WRITES ? 1 : 0;
            }
        }
        System.out.println(
                "DamagedLogTest: " + states + " states, " + shortened + " with fewer writes, none half, seed " + seed);
        assertThat(shortened).isGreaterThan(STATES);
    }

    private static String id(int i) {
        return String.format("a-%02d", i);
    }

    /** Opens a copy with this log, lets it sync, and returns how many writes are left. */
    private int left(Path running, byte[] log) throws IOException {
        states++;
        Path state = Files.createDirectories(folder.resolve("state-" + states));
        for (String file : List.of("a.db", "b.db", "b.db-wal", "server.db", "server.db-wal")) {
            if (Files.exists(running.resolve(file))) {
                Files.copy(running.resolve(file), state.resolve(file));
            }
        }
        Files.write(state.resolve("a.db-wal"), log);
        try (Crew crew = new Crew(state, Durability.NORMAL, 1 + states)) {
            Set<String> orders = crew.a.orders();
            Set<String> first = new TreeSet<>();
            for (int i = 0; i < orders.size(); i++) {
                first.add(id(i));
            }
            assertThat(orders).as("state " + states + ", seed " + seed).isEqualTo(first);
            assertThat(crew.a.db().outbox()).hasSameSizeAs(orders);
            crew.a.assertWhole();
            crew.a.write("after", "the damage");
            assertThat(crew.assertConverges()).hasSize(orders.size() + 1);
            return orders.size();
        }
    }
}
