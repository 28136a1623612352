package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.OutboxEntry;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A retry takes along what builds on the transaction: in order, under the same names, and each once. */
class RetryTest {
    private static final String SCHEMA = """
            create table item (
              id text collate nocase primary key, team text scope not null, code text unique, title text,
              n integer counter not null default 0, notes text merged_text);
            create table line (
              item text references item (id), number integer, team text scope not null, code text references item (code),
              primary key (item, number));
            create table mark (
              id text primary key, team text scope not null, item text, number integer,
              foreign key (item, number) references line (item, number));
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void anotherDeviceHasTakenTheKey() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        b.run("insert into item (id, team, code, title, n) values ('k', 'red', 'kb', 'row of b', 3)");
        b.run("insert into line values ('k', 1, 'red', 'kb')");
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private static TransactionId write(Godwit db, String... statements) {
        return db.write(tx -> List.of(statements).forEach(tx::run)).id().orElseThrow();
    }

    private static UnaryOperator<Map<String, Value>> with(String column, String from, String to) {
        return row -> {
            row.replace(column, Value.of(from), Value.of(to));
            return row;
        };
    }

    private List<String> everywhere(String sql) {
        a.synced();
        b.synced();
        a.synced();
        assertThat(a.all(sql)).isEqualTo(fleet.onServer(sql));
        assertThat(b.all(sql)).isEqualTo(fleet.onServer(sql));
        return a.all(sql);
    }

    @Test
    void whatBuildsOnTwoIsWrittenAgainBehindTheSecondOfThem() {
        b.run("insert into item (id, team, code) values ('l', 'red', 'lb')");
        b.synced();
        TransactionId first = write(a.db, "insert into item (id, team, code) values ('x', 'red', 'kb')");
        TransactionId second = write(a.db, "insert into item (id, team, code) values ('y', 'red', 'lb')");
        write(a.db, "update item set title = 'both' where id in ('x', 'y')");
        write(a.db, "update item set title = title || ', again' where id = 'x'");
        assertThat(a.sync().parked()).isEqualTo(4);
        a.db.retry(first, with("code", "kb", "x"));
        assertThat(a.db.outbox().stream().map(OutboxEntry::status))
                .as("the last one is later than the third, on the same row")
                .containsExactlyInAnyOrder("pending", "parked", "parked", "parked");
        a.synced();
        a.db.retry(second, with("code", "lb", "y"));
        assertThat(everywhere("select id, code, title from item where id in ('x', 'y') order by id"))
                .containsExactly("['x', 'x', 'both, again']", "['y', 'y', 'both']");
        assertThat(a.db.outbox()).isEmpty();
    }

    @Test
    void anInsertWritesOverNoRowThatHasItsKeyByNow() {
        TransactionId first =
                write(a.db, "insert into item (id, team, code, title) values ('k', 'red', 'ka', 'row of a')");
        assertThat(a.sync().parked()).isEqualTo(1);
        List<String> before = everywhere("select id, code, title from item order by id");
        assertThatThrownBy(() -> a.db.retry(first, with("code", "ka", "free")))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("it inserts row 'k' of item, and another row has that key by now");
        assertThat(everywhere("select id, code, title from item order by id")).isEqualTo(before);
        assertThat(a.db.outbox()).hasSize(1);
    }

    @Test
    void whatBuildsOnARowGetsTheKeyThatTheRepairGaveIt() {
        TransactionId first =
                write(a.db, "insert into item (id, team, code, title) values ('k', 'red', 'ka', 'row of a')");
        write(a.db, "update item set title = 'row of a, more', n = n + 5, notes = 'mine' where id = 'k'");
        write(a.db, "insert into line values ('K', 1, 'red', 'ka'), ('k', 2, 'red', null)");
        write(a.db, "insert into mark values ('m', 'red', 'K', 1), ('gone', 'red', 'K', 1)");
        write(
                a.db,
                "update mark set item = 'k', number = 2 where id = 'm'",
                "delete from mark where id = 'gone'",
                "delete from line where item = 'K'");
        assertThat(a.sync().parked()).isEqualTo(5);
        a.db.retry(first, with("id", "k", "k2"));
        assertThat(everywhere("select id, title, n, notes from item order by id"))
                .containsExactly("['k', 'row of b', 3, NULL]", "['k2', 'row of a, more', 5, 'mine']");
        assertThat(everywhere("select item, number, code from line order by item, number"))
                .containsExactly("['k', 1, 'kb']", "['k2', 2, NULL]");
        assertThat(everywhere("select id, item, number from mark")).containsExactly("['m', 'k2', 2]");
        assertThat(a.db.outbox()).isEmpty();
    }

    @Test
    void soDoesAReferenceToAnotherValueThatTheRepairHasChanged() {
        TransactionId first = write(a.db, "insert into item (id, team, code) values ('x', 'red', 'kb')");
        write(a.db, "insert into line values ('x', 1, 'red', 'kb')");
        assertThat(a.sync().parked()).isEqualTo(2);
        a.db.retry(first, with("code", "kb", "ka"));
        assertThat(everywhere("select item, code from line order by item"))
                .containsExactly("['k', 'kb']", "['x', 'ka']");
    }

    @Test
    void soDoesWhatHasToWaitForAnotherOne() {
        TransactionId first = write(a.db, "insert into item (id, team, code) values ('k', 'red', 'ka')");
        TransactionId second = write(a.db, "insert into item (id, team, code) values ('y', 'red', 'kb')");
        write(a.db, "update item set title = 'both' where id in ('k', 'y')");
        assertThat(a.sync().parked()).isEqualTo(3);
        a.db.retry(first, with("id", "k", "k2"));
        a.synced();
        a.db.retry(second, with("code", "kb", "y"));
        assertThat(everywhere("select id, title from item order by id"))
                .containsExactly("['k', 'row of b']", "['k2', 'both']", "['y', 'both']");
    }

    @Test
    void aKeyThatAFollowerGivesToAnotherRowIsRefused() {
        TransactionId first = write(a.db, "insert into item (id, team, code) values ('k', 'red', 'ka')");
        write(
                a.db,
                "update item set title = 'mine' where id = 'k'",
                "insert into item (id, team, title) values ('k2', 'red', 'another')");
        assertThat(a.sync().parked()).isEqualTo(2);
        assertThatThrownBy(() -> a.db.retry(first, with("id", "k", "k2")))
                .hasMessageContaining("it inserts row 'k2' of item")
                .hasMessageContaining("choose one that is free");
        assertThat(a.db.outbox().stream().map(OutboxEntry::status)).containsExactly("parked", "parked");
        a.db.retry(first, with("id", "k", "k3"));
        assertThat(everywhere("select id, title from item order by id"))
                .containsExactly("['k', 'row of b']", "['k2', 'another']", "['k3', 'mine']");
    }

    @Test
    void theCostOfFollowersGrowsWithTheirNumberOnly() {
        long few = statementsOfARetryWith(20);
        assertThat(statementsOfARetryWith(200)).isLessThan(11 * few);
    }

    /** How many statements are run by a retry with so many followers, each of which builds on the one before it. */
    private long statementsOfARetryWith(int followers) {
        long[] runs = {0};
        SqliteDriver counting = options -> counted(options, () -> runs[0]++);
        Path file = folder.resolve("a device with " + followers + ".db");
        try (Godwit db = Godwit.open(GodwitOptions.of(file.toString(), counting)
                .withDevice(new ManualDevice(followers, fleet.server.wallMillis()))
                .withTransport(new FaultyTransport(fleet.server, new Grant("user", Set.of("red"), false)))
                .withScopes("red")
                .withSchema(SCHEMA))) {
            TransactionId first = write(db, "insert into item (id, team, code, notes) values ('m', 'red', 'kb', '')");
            for (int i = 0; i < followers; i++) {
                write(db, "update item set notes = notes || 'x' where id = 'm'");
            }
            assertThat(db.sync().parked()).isEqualTo(followers + 1);
            runs[0] = 0;
            db.retry(first, with("code", "kb", "of " + followers));
            long needed = runs[0];
            assertThat(db.query("select length(notes) from item where id = 'm'")
                            .get(0)
                            .integer("length(notes)"))
                    .isEqualTo(followers);
            return needed;
        }
    }

    private static SqliteConnection counted(SqliteOptions options, Runnable ran) {
        return watched(SqliteConnection.class, Fleet.DRIVER.open(options), called -> {}, ran);
    }

    private static <T> T watched(Class<T> type, T real, Consumer<String> before, Runnable ran) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, with) -> {
            before.accept(method.getName());
            try {
                Object result = method.invoke(real, with);
                return result instanceof SqliteStatement statement
                        ? watched(SqliteStatement.class, statement, called -> count(called, ran), ran)
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private static void count(String called, Runnable ran) {
        if (called.equals("step")) {
            ran.run();
        }
    }
}
