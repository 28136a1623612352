package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.client.Transport;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices in processes of their own that run out of memory while they write or download many rows, each time at another place:
 * what was acknowledged is there afterwards, what was not is not there at all, and it goes on, in the same process once there is
 * memory again, or in the next one if the process died of it.
 */
@Timeout(120)
class OutOfMemoryTest {
    private static final int ROWS = 2_000;
    private static final int SHORT = 100;
    /** Half the length of a text: a page of a download then holds some hundred rows. */
    private static final int LONG = 2_000;

    private static final int DIED_OF_IT = 3;

    private static final String INSERT = "with recursive k(i) as (select 1 union all select i + 1 from k where i < ?)"
            + " insert into task select ? || i, 'red', (i * 7919) || hex(zeroblob(?)) from k";

    @TempDir
    Path folder;

    private OverHttp over;

    @BeforeEach
    void aServer() {
        over = new OverHttp(folder, Limits.DEFAULT, null);
    }

    @AfterEach
    void close() {
        over.close();
    }

    @Test
    void aTransactionThatRunsOutOfMemoryIsTakenBackAndWhatWasAcknowledgedStays() throws Exception {
        int small = survives("write");
        assertThat(look("survivor", "select count(*) from godwit_outbox")).containsExactly("[" + (small + 1) + "]");
        dies("write");
        assertThat(look("victim", "select count(*) from godwit_outbox")).containsExactly("[1]");
        try (OverHttp.Connected again = over.device("victim")) {
            again.db().write(tx -> tx.run(INSERT, ROWS, "victim", SHORT));
        }
        everybodyHas(small + 1 + 2 * ROWS, "survivor", "victim", "newcomer");
    }

    @Test
    void aDownloadThatRunsOutOfMemoryShowsNothingAndTheNextOneShowsAll() throws Exception {
        try (OverHttp.Connected writer = over.device("writer")) {
            writer.db().write(tx -> tx.run(INSERT, ROWS, "writer", LONG));
            assertThat(writer.db().sync().isSynced()).isTrue();
        }
        int small = survives("download");
        dies("download");
        everybodyHas(small + 1 + ROWS, "survivor", "victim", "writer");
    }

    /** A process that goes on after each error; how many small rows it has acknowledged besides. */
    private int survives(String what) throws Exception {
        List<String> said = run(what, "survivor", 8, 0);
        System.out.println("OutOfMemoryTest: " + said);
        assertThat(said.stream().filter(word -> word.startsWith("out of memory")))
                .as("how often memory ran out: " + said)
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(said.stream().filter(word -> word.startsWith("sees")).distinct())
                .containsExactly("sees 0", "sees " + ROWS);
        String[] acknowledged = said.stream()
                .filter(word -> word.startsWith("acknowledged "))
                .map(word -> "['" + word.substring("acknowledged ".length()) + "']")
                .toArray(String[]::new);
        assertThat(look("survivor", "select id from task where title = 'small'"))
                .containsExactlyInAnyOrder(acknowledged);
        assertThat(look("survivor", "select count(*) from task where title <> 'small'"))
                .containsExactly("[" + ROWS + "]");
        return acknowledged.length;
    }

    /** A process that the first error ends, after it has acknowledged one small row. */
    private void dies(String what) throws Exception {
        assertThat(run(what, "victim", ROWS / 2, DIED_OF_IT, "-XX:+ExitOnOutOfMemoryError"))
                .containsSubsequence(
                        "acknowledged victim first",
                        "begun " + ROWS / 2,
                        "Terminating due to java.lang.OutOfMemoryError: Java heap space")
                .noneMatch(word -> word.startsWith("through"));
        assertThat(look("victim", "select id from task")).containsExactly("['victim first']");
    }

    private List<String> run(String what, String name, int at, int exit, String... flags) throws Exception {
        Path said = folder.resolve(name + ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.addAll(List.of(flags));
        command.addAll(List.of(
                OutOfMemoryTest.class.getName(),
                what,
                name,
                String.valueOf(at),
                folder.toString(),
                over.address(),
                over.tokens.mint("ann", List.of("red", "blue"), false, 3_600_000)));
        Process device = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(device.waitFor(100, TimeUnit.SECONDS)).isTrue();
        List<String> words = Files.readAllLines(said);
        assertThat(device.exitValue()).as(String.join("\n", words)).isEqualTo(exit);
        return words;
    }

    /** What a device's file holds, which is whole. */
    private List<String> look(String name, String sql) {
        try (SqliteConnection file =
                Fleet.DRIVER.open(SqliteOptions.of(folder.resolve(name + ".db").toString()))) {
            assertThat(Sql.rows(file, "pragma integrity_check")).containsExactly(new Value[] {Value.of("ok")});
            return Sql.rows(file, sql).stream().map(Arrays::toString).toList();
        }
    }

    /** Each with enough memory now, and more than one process after the other. */
    private void everybodyHas(int rows, String... names) {
        Stream.concat(Stream.of(names), Stream.of(names)).forEach(name -> {
            try (OverHttp.Connected device = over.device(name)) {
                SyncResult result = device.db().sync();
                assertThat(result.isSynced()).as(name + ": " + result).isTrue();
                assertThat(device.db().outbox()).isEmpty();
            }
        });
        List<String> all = look("server", "select * from task where team = 'red' order by id");
        assertThat(all).hasSize(rows);
        for (String name : names) {
            assertThat(look(name, "select * from task where team = 'red' order by id"))
                    .as(name)
                    .isEqualTo(all);
        }
    }

    /** A device whose memory is full at some statement; says what was acknowledged, and where memory ran out. */
    public static void main(String[] args) {
        HttpTransportOptions options = HttpTransportOptions.of(args[4], () -> args[5], Limits.DEFAULT);
        // a write has nothing at all then, not even for its rollback; a download finds no room for a page
        FullHeap driver = new FullHeap(args[0].equals("write") ? 0 : 8);
        try (HttpTransport transport = new HttpTransport(options)) {
            try (Godwit other = open(Path.of(args[3], args[1] + "-warm.db"), driver, transport, "blue")) {
                // a class that is first wanted when there is no memory for it is gone for good
                other.write(tx -> tx.run("insert into task values (?, 'blue', 'warm')", args[1]));
                other.sync();
            }
            try (Godwit db = open(Path.of(args[3], args[1] + ".db"), driver, transport, "red")) {
                acknowledge(db, args[1] + " first");
                Runnable work = args[0].equals("write")
                        ? () -> db.write(tx -> tx.run(INSERT, ROWS, args[1], SHORT))
                        : () -> sync(db);
                againAndAgain(db, args[1], Integer.parseInt(args[2]), driver, work);
            }
        }
    }

    private static Godwit open(Path file, SqliteDriver driver, Transport transport, String scope) {
        return Godwit.open(GodwitOptions.of(file.toString(), driver)
                .withSchema(OverHttp.SCHEMA)
                .withScopes(scope)
                .withTransport(transport));
    }

    private static void acknowledge(Godwit db, String id) {
        db.write(tx -> tx.run("insert into task values (?, 'red', 'small')", id));
        System.out.println("acknowledged " + id);
    }

    private static void sync(Godwit db) {
        SyncResult result = db.sync();
        if (!result.isSynced()) {
            throw new IllegalStateException(result.toString());
        }
    }

    private static void againAndAgain(Godwit db, String name, int first, FullHeap driver, Runnable work) {
        boolean through = false;
        for (int at = first; !through; at *= 8) {
            System.out.println("begun " + at);
            driver.fullAt(at);
            through = suffices(work);
            driver.fullAt(0);
            System.out.println((through ? "through at " : "out of memory at ") + at);
            System.out.println("sees "
                    + db.query("select count(*) from task where title <> 'small'")
                            .get(0)
                            .value(0));
            acknowledge(db, name + " after " + at);
        }
    }

    /** Whether the memory suffices; the driver of SQLite tells it by an exception of its own where it asks for the bytes of a value. */
    private static boolean suffices(Runnable work) {
        try {
            work.run();
            return true;
        } catch (OutOfMemoryError full) {
            return false;
        } catch (SqliteException full) {
            if ("Out of memory".equals(full.getMessage())) {
                return false;
            }
            throw full;
        }
    }

    /** Real SQLite in a process whose heap is full from some statement on, since somebody else in it takes all that is left. */
    private static final class FullHeap implements SqliteDriver {
        private final List<byte[]> ballast = new ArrayList<>(1 << 17);
        private final int spare;
        private int left;

        FullHeap(int spareBlocks) {
            spare = spareBlocks;
        }

        /** Lets go of what was taken; from the statement of this number on, nothing is left. */
        void fullAt(int statement) {
            ballast.clear();
            left = statement;
        }

        @Override
        public SqliteConnection open(SqliteOptions options) {
            return counting(SqliteConnection.class, Fleet.DRIVER.open(options));
        }

        private <T> T counting(Class<T> type, T real) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        if (method.getName().equals("step") || method.getName().equals("execute")) {
                            count();
                        }
                        try {
                            Object result = method.invoke(real, args);
                            return result instanceof SqliteStatement statement
                                    ? counting(SqliteStatement.class, statement)
                                    : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        private void count() {
            left--;
            for (int block = left == 0 ? 1 << 16 : 0; block > (spare > 0 ? 1 << 12 : 0); block /= 16) {
                take(block);
            }
            if (left == 0) {
                ballast.subList(0, spare).clear();
            }
        }

        private void take(int block) {
            try {
                while (true) {
                    ballast.add(new byte[block]);
                }
            } catch (OutOfMemoryError full) {
                // smaller ones may still go in
            }
        }
    }
}
