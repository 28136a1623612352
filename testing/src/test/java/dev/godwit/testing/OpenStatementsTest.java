package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.Transactions;
import dev.godwit.model.Limits;
import dev.godwit.model.TransactionId;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compiled statement is memory of SQLite's own until it is closed: what a device does for weeks must not leave any behind. */
class OpenStatementsTest {
    private static final String SCHEMA = """
            create table task (id integer primary key, team text scope not null, title text not null);
            """;

    @TempDir
    Path folder;

    @Test
    void whatIsDoneOverAndOverLeavesNoStatementsOpen() {
        CountingSqlite driver = new CountingSqlite();
        try (InProcessServer server =
                        new InProcessServer(folder.resolve("server.db"), SCHEMA, Limits.DEFAULT, List.of(), 1);
                Godwit db =
                        Godwit.open(GodwitOptions.of(folder.resolve("device.db").toString(), driver)
                                .withDevice(new ManualDevice(1, server.wallMillis()))
                                .withTransport(new FaultyTransport(server, new Grant("user", Set.of("shared"), false)))
                                .withScopes("shared")
                                .withSchema(SCHEMA))) {
            // what is asked for the first time is compiled, and stays
            for (int i = 0; i < 3; i++) {
                everything(db, i);
            }
            List<String> open = driver.sql();
            for (int i = 3; i < 20; i++) {
                everything(db, i);
            }
            assertThat(driver.sql()).isEqualTo(open);
        }
    }

    private static void everything(Godwit db, int round) {
        db.write(tx -> tx.run("insert into task values (?, 'shared', 'new')", round));
        TransactionId changed = db.write(tx -> tx.run("update task set title = 'changed' where id = ?", round))
                .id()
                .orElseThrow();
        assertThat(db.status().pending()).isEqualTo(2);
        assertThat(db.describe(changed)).isNotEmpty();
        db.discard(db.outbox().get(1).id());
        assertThat(db.query("select count(*) from task")).hasSize(1);
        assertThat(db.sync().isSynced()).isTrue();
        db.write(tx -> tx.run("delete from task where id = ?", round));
        Transactions.Remembered deletion = db.transactions().list().get(0);
        assertThat(deletion.rows()).isEqualTo(1);
        assertThat(db.transactions().undo(deletion.id()).leftAlone()).isEmpty();
        assertThat(db.sync().isSynced()).isTrue();
        assertThat(db.inbox().undecided()).isEmpty();
        assertThat(db.explain("task", "title", round)).isNotEmpty();
    }

    /** Real SQLite, and which of its statements are open: their SQL, as often as it is. */
    private static final class CountingSqlite implements SqliteDriver {
        private final Map<Object, String> open = new IdentityHashMap<>();

        @Override
        public SqliteConnection open(SqliteOptions options) {
            SqliteConnection real = Fleet.DRIVER.open(options);
            List<SqliteStatement> its = new ArrayList<>();
            return counted(SqliteConnection.class, real, (method, args, result) -> {
                if (result instanceof SqliteStatement statement) {
                    open.put(statement, String.valueOf(args[0]));
                    its.add(statement);
                    return counted(SqliteStatement.class, statement, (called, with, got) -> {
                        if (called.equals("close")) {
                            open.remove(statement);
                        }
                        return got;
                    });
                }
                if (method.equals("close")) {
                    its.forEach(open::remove);
                }
                return result;
            });
        }

        private interface Counting {
            @Nullable
            Object after(String method, Object[] args, @Nullable Object result);
        }

        private static <T> T counted(Class<T> type, T real, Counting counting) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        try {
                            return counting.after(method.getName(), args, method.invoke(real, args));
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        List<String> sql() {
            return open.values().stream().sorted().toList();
        }
    }
}
