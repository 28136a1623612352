package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.Row;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteStatement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server and devices on real files, for tests. */
final class Fleet implements AutoCloseable {
    static final JdbcSqlite DRIVER = new JdbcSqlite();

    final Path folder;
    final InProcessServer server;
    private final String schema;
    private final Limits limits;
    private final List<Member> members = new ArrayList<>();

    Fleet(Path folder, String schema) {
        this(folder, schema, Limits.DEFAULT);
    }

    Fleet(Path folder, String schema, Limits limits) {
        this.folder = folder;
        folder.toFile().mkdirs();
        this.schema = schema;
        this.limits = limits;
        this.server = new InProcessServer(folder.resolve("server.db"), schema, limits, List.of(), 1);
    }

    static Set<String> withShared(Set<String> scopes) {
        Set<String> all = new java.util.HashSet<>(scopes);
        all.add("shared");
        return all;
    }

    /** One device: its database, its way to the server, its clocks. */
    final class Member {
        final String name;
        final ManualDevice device;
        final FaultyTransport transport;
        final Path file;
        private UnaryOperator<GodwitOptions> more = UnaryOperator.identity();
        Godwit db;

        Member(String name, Path file, Set<String> scopes) {
            this.name = name;
            this.file = file;
            this.device = new ManualDevice(name.hashCode(), server.wallMillis());
            this.transport = new FaultyTransport(server, new Grant("user-" + name, withShared(scopes), false));
            this.db = open(schema, scopes);
        }

        private Godwit open(@Nullable String text, Set<String> scopes) {
            GodwitOptions options = GodwitOptions.of(file.toString(), DRIVER)
                    .withDevice(device)
                    .withTransport(transport)
                    .withLimits(limits)
                    .withScopes(scopes.toArray(new String[0]));
            return Godwit.open(more.apply(text == null ? options : options.withSchema(text)));
        }

        /** Closes and opens again with other options, for instance with resolvers; they stay for later openings. */
        void reopenWith(UnaryOperator<GodwitOptions> options) {
            more = options;
            reopen(null);
        }

        /** Closes and opens again through another driver of SQLite. */
        void reopenOn(SqliteDriver driver) {
            reopenWith(options -> new GodwitOptions(
                    options.path(),
                    driver,
                    options.schema(),
                    options.scopes(),
                    options.transport(),
                    options.device(),
                    options.durability(),
                    options.limits(),
                    options.application(),
                    options.resolvers()));
        }

        /** Closes and opens again, as an application that is started again; perhaps with a schema that has grown. */
        void reopen(@Nullable String text) {
            db.close();
            db = open(text, Set.of());
        }

        /** Opens again after the file was copied or replaced; close it first. */
        void reopenAfterCopy() {
            db = open(null, Set.of());
        }

        void run(String sql, Object... parameters) {
            db.write(tx -> tx.run(sql, parameters));
        }

        SyncResult sync() {
            return db.sync();
        }

        void synced() {
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(name + ": " + result).isTrue();
        }

        String one(String sql) {
            List<Row> rows = db.query(sql);
            return rows.isEmpty()
                    ? "none"
                    : String.valueOf(rows.get(0).value(0)).replace("'", "");
        }

        List<String> all(String sql) {
            return db.query(sql).stream().map(r -> r.values().toString()).toList();
        }
    }

    Member device(String name, String... scopes) {
        Member member = new Member(name, folder.resolve(name + ".db"), Set.of(scopes));
        members.add(member);
        return member;
    }

    /** Another database file as a device with the same subject, for clones and restored backups. */
    Member deviceOn(String name, Path file, Member original, String... scopes) {
        Member member = new Member(name, file, Set.of(scopes));
        member.transport.grant(new Grant("user-" + original.name, withShared(Set.of(scopes)), false));
        members.add(member);
        return member;
    }

    /** Moves a device's cursor, as another process does that has staged a page meanwhile. */
    void stageInAnotherProcess(Member member) {
        try (SqliteConnection other = DRIVER.open(dev.godwit.sql.SqliteOptions.of(member.file.toString()))) {
            other.execute("update godwit_scope set cursor_position = x'01'");
        }
    }

    /** Time passes everywhere. */
    void pass(long millis) {
        server.pass(millis);
        members.forEach(m -> m.device.pass(millis));
    }

    /** Copies the server's file while it is down, for a minute; once a fleet. */
    Path backup() throws IOException {
        server.close();
        Path backup = Files.copy(server.file(), folder.resolve("server-backup.db"));
        server.start();
        pass(60_000);
        return backup;
    }

    /** Puts an older file of the server back while it is down, for a minute. */
    void restore(Path backup) throws IOException {
        server.close();
        Files.copy(backup, server.file(), StandardCopyOption.REPLACE_EXISTING);
        server.start();
        pass(60_000);
    }

    /** Runs SQL on the server as an operator. */
    void operator(String sql) {
        try (SqliteConnection connection = server.sql()) {
            connection.execute(sql);
        }
    }

    List<String> onServer(String sql) {
        List<String> rows = new ArrayList<>();
        try (SqliteConnection connection = server.sql();
                SqliteStatement statement = connection.prepare(sql)) {
            while (statement.step()) {
                rows.add(java.util.Arrays.toString(dev.godwit.rows.Sql.values(statement, 0, statement.columnCount())));
            }
        }
        return rows;
    }

    @Override
    public void close() {
        members.forEach(m -> m.db.close());
        server.close();
    }
}
