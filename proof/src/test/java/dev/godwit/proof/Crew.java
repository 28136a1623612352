package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.Row;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.server.Grant;
import dev.godwit.server.ServerOptions;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteOptions.Durability;
import dev.godwit.testing.FaultyTransport;
import dev.godwit.testing.InProcessServer;
import dev.godwit.testing.ManualDevice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server and two devices of the field-service schema on three files of one folder: {@code server.db}, {@code a.db},
 * {@code b.db}. Every write is an order with one line that takes one part, so that lost, doubled and half-applied ones are seen.
 */
final class Crew implements AutoCloseable {
    static final JdbcSqlite DRIVER = new JdbcSqlite();
    static final String SCHEMA = schema();

    /** Besides the two that they sync, the devices may write to scopes {@code s-0} and on. */
    private static final Grant GRANT = new Grant(
            "crew",
            Stream.concat(Stream.of("red", "shared"), IntStream.range(0, 10_000).mapToObj(i -> "s-" + i))
                    .collect(Collectors.toSet()),
            false);

    final InProcessServer server;
    final Member a;
    final Member b;

    private final Path folder;
    private final Durability durability;
    private final int incarnation;

    /**
     * Opens the files, or creates them.
     *
     * @param incarnation another number each time the same files are opened, so that no random id comes twice
     */
    Crew(Path folder, Durability durability, int incarnation) {
        this.folder = folder;
        this.durability = durability;
        this.incarnation = incarnation;
        this.server = new InProcessServer(
                folder.resolve("server.db"), SCHEMA, Limits.DEFAULT, List.of(), 1_000_003L * incarnation);
        server.restart(this::durable);
        this.a = new Member("a");
        this.b = new Member("b");
    }

    private static String schema() {
        try (InputStream in = Crew.class.getResourceAsStream("/dev/godwit/demo/field-service.sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server has no choice of durability; the driver below it may pretend. */
    private ServerOptions durable(ServerOptions options) {
        SqliteDriver driver = file -> DRIVER.open(file.withDurability(durability));
        return new ServerOptions(
                options.schema(),
                driver,
                options.path(),
                options.limits(),
                options.wallMillis(),
                options.randomness(),
                options.validators());
    }

    /** One of the devices. */
    final class Member {
        final String name;
        final FaultyTransport transport = new FaultyTransport(server, GRANT);
        private final ManualDevice device;
        private @Nullable Godwit db;

        Member(String name) {
            this.name = name;
            this.device = new ManualDevice(31L * name.hashCode() + 1_000_003L * incarnation, server.wallMillis());
            this.db = open();
        }

        private Godwit open() {
            return Godwit.open(GodwitOptions.of(file().toString(), DRIVER)
                    .withSchema(SCHEMA)
                    .withScopes("red")
                    .withDevice(device)
                    .withDurability(durability)
                    .withTransport(transport));
        }

        Path file() {
            return folder.resolve(name + ".db");
        }

        Godwit db() {
            return db;
        }

        /** Closes it and opens it again. */
        void reopen() {
            close();
            openIfClosed();
        }

        void close() {
            Godwit open = db;
            db = null;
            if (open != null) {
                open.close();
            }
        }

        /** After an opening that failed. */
        void openIfClosed() {
            if (db == null) {
                db = open();
            }
        }

        /** One transaction: an order, its line, its part. */
        void write(String id, String notes) {
            db.write(tx -> {
                tx.run(
                        "insert into work_order (id, team, number, customer, notes) values (?, 'red', ?, 'proof', ?)",
                        id,
                        id,
                        notes);
                tx.run("insert into line values (?, 1, 'red', 'p1', 1)", id);
                tx.run("update part set stock = stock - 1 where id = 'p1'");
            });
        }

        void synced() {
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(name + ": " + result).isTrue();
        }

        Set<String> orders() {
            Set<String> ids = new TreeSet<>();
            db.query("select id from work_order where team = 'red'").forEach(row -> ids.add(row.text("id")));
            return ids;
        }

        long number(String sql) {
            return db.query(sql).get(0).value(0).asLong();
        }

        /** What is shown is whole transactions. */
        void assertWhole() {
            long orders = number("select count(*) from work_order where team = 'red'");
            assertThat(number("select count(*) from line")).as(name + ": lines").isEqualTo(orders);
            assertThat(number("select coalesce(sum(stock), 0) from part"))
                    .as(name + ": stock")
                    .isEqualTo(-orders);
        }
    }

    Path folder() {
        return folder;
    }

    List<Member> members() {
        return List.of(a, b);
    }

    /** The first part, without which nothing can be written; everybody knows it afterwards. */
    void begin() {
        a.db().write(tx -> tx.run("insert or ignore into part values ('p1', 'filter', 0)"));
        a.synced();
        b.synced();
    }

    Set<String> ordersOfServer() {
        Set<String> ids = new HashSet<>();
        try (SqliteConnection connection = server.sql()) {
            Sql.rows(connection, "select id from work_order where team = 'red'")
                    .forEach(row -> ids.add(row[0].asText()));
        }
        return ids;
    }

    long onServer(String sql) {
        try (SqliteConnection connection = server.sql()) {
            return Sql.number(connection, sql);
        }
    }

    static void assertSound(Path file) {
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(file.toString()))) {
            assertThat(Sql.rows(connection, "pragma integrity_check").get(0)[0].asText())
                    .as(file.toString())
                    .isEqualTo("ok");
        }
    }

    /**
     * Syncs both and demands that everything of everybody is everywhere, once.
     *
     * @return the orders
     */
    Set<String> assertConverges() {
        a.synced();
        b.synced();
        a.synced();
        Set<String> orders = ordersOfServer();
        for (Member member : members()) {
            assertThat(member.orders()).as(member.name).isEqualTo(orders);
            member.assertWhole();
            assertSound(member.file());
            assertThat(member.db().outbox()).as(member.name + ": outbox").isEmpty();
            assertShowsTheServersTexts(member);
        }
        assertThat(onServer("select count(*) from line")).isEqualTo(orders.size());
        assertThat(onServer("select coalesce(sum(stock), 0) from part"))
                .as("applied once each")
                .isEqualTo(-orders.size());
        assertThat(onServer("select count(*) from (select team, count(*) as n from work_order group by 1) left join"
                        + " (select s.name, count(*) as known from godwit_row r join godwit_scope s on s.id = r.scope_id"
                        + " join godwit_table t on t.id = r.table_id and t.name = 'work_order' group by 1)"
                        + " on name = team where known is not n"))
                .as("scopes whose rows the server takes for another's")
                .isZero();
        assertSound(server.file());
        assertNoCommitNumberTwice();
        return orders;
    }

    /** A checkpoint that moved without its rows: they would never come. */
    void assertShowsTheServersTexts(Member member) {
        String sql = "select id, notes from work_order where team = 'red' order by id";
        List<List<Value>> shown =
                member.db().query(sql).stream().map(Row::values).toList();
        try (SqliteConnection connection = server.sql()) {
            List<List<Value>> held =
                    Sql.rows(connection, sql).stream().map(Arrays::asList).toList();
            assertThat(shown.equals(held))
                    .as(member.name + " shows the texts that the server has")
                    .isTrue();
        }
    }

    /** What the devices were told: a number per accepted transaction, and no two have the same. */
    private void assertNoCommitNumberTwice() {
        Set<String> numbers = new HashSet<>();
        for (Member member : members()) {
            member.db()
                    .query("select id, commits from godwit_entry where state = 'accepted' and commits like '%red%'")
                    .forEach(row -> row.text("commits")
                            .lines()
                            .filter(line -> line.contains("red"))
                            .forEach(line -> assertThat(numbers.add(line))
                                    .as(member.name + ": " + line + " of " + row.text("id"))
                                    .isTrue()));
        }
    }

    /** What the server remembers, where each order was written once and no other way. */
    void assertEachOrderHasANumberOfItsOwn() {
        assertThat(onServer("select count(*) from (select 1 from godwit_row r join godwit_table t on t.id = r.table_id"
                        + " where t.name = 'work_order' group by scope_id, commit_number having count(*) > 1)"))
                .as("commit numbers of the server that two orders share")
                .isZero();
    }

    @Override
    public void close() {
        members().forEach(Member::close);
        server.close();
    }
}
