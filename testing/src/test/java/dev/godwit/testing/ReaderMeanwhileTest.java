package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fault 59: somebody who reads, between the statements of a transaction of 50,000 rows and of the sync that reveals it elsewhere,
 * sees all of it or nothing. The writer waits for him: if he had to wait for the writer, neither would ever go on.
 */
@Timeout(120)
class ReaderMeanwhileTest {
    private static final int ROWS = 50_000;
    private static final String SCHEMA =
            "create table task (id integer primary key, team text scope not null, title text not null);"
                    + "create index task_title on task (title);";

    private static final String INSERT = "with recursive k(i) as (select 1 union all select i + 1 from k where i < ?)"
            + " insert into task select ? + i, 'red', 'a title' from k";

    @TempDir
    Path folder;

    private final ExecutorService reader = Executors.newSingleThreadExecutor();
    private Fleet fleet;
    private Fleet.Member a;

    @BeforeEach
    void aDevice() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
    }

    @AfterEach
    void close() {
        reader.shutdownNow();
        fleet.close();
    }

    @Test
    void whileAHugeTransactionIsWrittenAllOfItIsSeenOrNothing() {
        try (Onlooker onlooker = new Onlooker(a)) {
            a.db.write(tx -> {
                for (int i = 0; i < 10; i++) {
                    tx.run(INSERT, ROWS / 10, i * ROWS);
                }
            });
            onlooker.sawNothingAndThen("[" + ROWS + ", " + ROWS + ", 1]");
        }
        a.synced();
        assertThat(fleet.onServer("select count(*) from task")).containsExactly("[" + ROWS + "]");
    }

    @Test
    void whileASyncRevealsAHugeTransactionAllOfItIsSeenOrNothing() {
        Fleet.Member b = fleet.device("b", "red");
        a.run(INSERT, ROWS, 0);
        a.synced();
        try (Onlooker onlooker = new Onlooker(b)) {
            b.synced();
            onlooker.sawNothingAndThen("[" + ROWS + ", " + ROWS + ", 0]");
        }
    }

    /** Real SQLite, and somebody who looks between its statements: through the engine, and as another program. */
    private final class Onlooker implements SqliteDriver, AutoCloseable {
        private static final String LOOK =
                "select count(*), (select count(*) from task indexed by task_title), (select count(*) from godwit_outbox) from task";
        private static final int EACH = 1_000;

        private final Fleet.Member member;
        private final SqliteConnection program;
        private final List<String> seen = new ArrayList<>();
        private boolean looks;
        private long steps;

        /** Opens a device anew, with somebody who looks. */
        Onlooker(Fleet.Member member) {
            this.member = member;
            this.program =
                    Fleet.DRIVER.open(SqliteOptions.of(member.file.toString()).reading());
            member.reopenOn(this);
            looks = true;
        }

        void sawNothingAndThen(String all) {
            look();
            System.out.println("ReaderMeanwhileTest: looked " + seen.size() / 2 + " times");
            assertThat(seen.stream().distinct()).containsExactly("[0, 0, 0]", all);
            assertThat(seen.stream().filter("[0, 0, 0]"::equals)).hasSizeGreaterThan(2 * ROWS / EACH);
        }

        private void look() {
            looks = false;
            try {
                seen.add(reader.submit(() -> member.all(LOOK).get(0)).get(60, TimeUnit.SECONDS));
                seen.add(Arrays.toString(Sql.rows(program, LOOK).get(0)));
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("could not look", e);
            } finally {
                looks = true;
            }
        }

        @Override
        public SqliteConnection open(SqliteOptions options) {
            SqliteConnection real = Fleet.DRIVER.open(options);
            return options.readOnly() ? real : watched(SqliteConnection.class, real);
        }

        private <T> T watched(Class<T> type, T real) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        boolean isScript = method.getName().equals("execute");
                        if (looks && (isScript || (method.getName().equals("step") && steps++ % EACH == 0))) {
                            look();
                        }
                        try {
                            Object result = method.invoke(real, args);
                            return result instanceof SqliteStatement statement
                                    ? watched(SqliteStatement.class, statement)
                                    : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        @Override
        public void close() {
            looks = false;
            program.close();
        }
    }
}
