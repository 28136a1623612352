package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.GodwitOptions;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteOptions.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

/**
 * Runs every flow with an error at its first operation on the disk, at its second, and so on until it meets none: in a process of
 * its own, which must not end before it says how it went. After each error the same open databases work on.
 */
final class DiskErrors {
    private static final Map<String, Integer> ERRORS = Map.of("EIO", 5, "ENOSPC", 28);
    private static final int LARGE_ROWS = 300;
    private static final String GROWN = Crew.SCHEMA.replace(
            "  visits   integer counter not null default 0\n",
            "  visits   integer counter not null default 0,\n  floor    integer\n");

    private final FaultDisk disk;
    private final Crew crew;
    private final Random random;
    private final int most;
    private final TreeSet<String> acknowledged = new TreeSet<>();
    private final List<Flow> flows = List.of(
            new Flow("a local write", "a.db", this::nothing, this::write),
            new Flow("push and pull", "a.db", this::bothWrite, this::sync),
            new Flow("a large pull", "a.db", this::muchChanges, this::sync),
            new Flow("a commit of the server", "server.db", this::bothWrite, this::sync),
            new Flow("a scope's first commit", "server.db", this::writeToNewScopes, this::sync),
            new Flow("a checkpoint", "a.db", this::bothWrite, () -> checkpoint(a().file())),
            new Flow("a checkpoint of the server", "server.db", this::aSyncs, this::checkpointServer),
            new Flow("opening", "a.db", this::aCloses, this::open),
            new Flow("opening after a kill", "new", this::killed, this::openNew),
            new Flow("starting the server", "server.db", this::serverStops, this::startServer),
            new Flow("creating a database", "new", this::another, this::openNew),
            new Flow("following a schema", "new", this::old, this::openNew));
    private int ids;
    private int scopes;
    private int strikes;
    private int files;
    /** The database beside the others, and what has to be in it. */
    private Optional<GodwitOptions> other = Optional.empty();

    private TreeSet<String> inOther = new TreeSet<>();

    /** What is tried: faults strike files whose names begin so. */
    private record Flow(String name, String prefix, Runnable before, Runnable flow) {}

    private DiskErrors(FaultDisk disk, Crew crew, Random random, int most) {
        this.disk = disk;
        this.crew = crew;
        this.random = random;
        this.most = most;
    }

    /** {@code FOLDER SEED MOST}: tries as many steps of a flow at most, chosen by the seed. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Random random = new Random(Long.parseLong(arguments[1]));
        try (Crew crew = new Crew(folder, Durability.FULL, 1)) {
            crew.begin();
            new DiskErrors(new FaultDisk(folder), crew, random, Integer.parseInt(arguments[2])).run();
        }
    }

    private void run() {
        for (int i = 0; i < LARGE_ROWS; i++) {
            crew.b.write(id("b"), "large");
        }
        crew.b.synced();
        a().synced();
        for (Flow flow : flows) {
            if (!flow.name().contains(System.getProperty("flow", ""))) {
                continue;
            }
            StringBuilder said = new StringBuilder();
            for (String error : new TreeSet<>(ERRORS.keySet())) {
                for (String how : List.of("once", "ever")) {
                    said.append(' ')
                            .append(error)
                            .append(' ')
                            .append(how)
                            .append(' ')
                            .append(steps(flow, error, how));
                }
            }
            System.out.println("  " + flow.name() + ": steps" + said);
        }
        for (Crew.Member member : crew.members()) {
            member.reopen();
        }
        assertThat(crew.assertConverges()).containsAll(acknowledged);
        System.out.println("DiskErrorsTest: " + flows.size() + " flows, " + strikes + " errors struck, "
                + acknowledged.size() + " acknowledged writes, lost 0");
    }

    /** Returns how many operations the flow has. */
    private String steps(Flow flow, String error, String how) {
        long stride = 1;
        long tried = 0;
        for (long step = 1; ; step += 1 + random.nextLong(2 * stride - 1)) {
            flow.before().run();
            disk.order("fail " + step + " " + ERRORS.get(error) + " " + how + " " + flow.prefix());
            String where = flow.name() + ", " + error + " " + how + " at step " + step;
            try {
                flow.flow().run();
            } catch (SqliteException | GodwitException typed) {
                assertThat(disk.count().met()).as(where + ": " + typed).isPositive();
            } catch (RuntimeException | Error other) {
                throw new AssertionError(where + ": no typed error", other);
            }
            FaultDisk.Count count = disk.count();
            disk.order("off");
            try {
                worksOn(tried % 10 == 0);
            } catch (RuntimeException | Error failed) {
                throw new AssertionError("after " + where + ", with space on the disk again", failed);
            }
            if (count.met() == 0) {
                return tried + " of " + (step - 1);
            }
            strikes++;
            tried++;
            if (tried * 2 > most) {
                // from here on only some
                stride = Math.max(1, step * 2 / most * 2);
            }
        }
    }

    /** Nothing that was acknowledged is gone, and everything goes on with what is open. */
    private void worksOn(boolean wholly) {
        if (!crew.server.isRunning()) {
            crew.server.start();
        }
        a().openIfClosed();
        other.ifPresent(options -> {
            try (Godwit db = Godwit.open(options)) {
                db.write(tx -> tx.run("insert into part values ('after', 'the error', 0)"));
                TreeSet<String> found = new TreeSet<>();
                db.query("select id from work_order").forEach(row -> found.add(row.text("id")));
                assertThat(found).containsAll(inOther);
                assertThat(db.outbox()).isNotEmpty();
            }
            other = Optional.empty();
        });
        assertThat(a().orders()).containsAll(own());
        a().assertWhole();
        write();
        crew.b.synced();
        a().synced();
        crew.assertShowsTheServersTexts(a());
        if (wholly) {
            assertThat(crew.assertConverges()).containsAll(acknowledged);
        }
    }

    private TreeSet<String> own() {
        TreeSet<String> own = new TreeSet<>(acknowledged);
        own.removeIf(id -> !id.startsWith("a-"));
        return own;
    }

    private Crew.Member a() {
        return crew.a;
    }

    private String id(String who) {
        return who + "-" + ids++;
    }

    private void write(Crew.Member member) {
        String id = id(member.name);
        member.write(id, "x".repeat(2_000));
        acknowledged.add(id);
    }

    private void nothing() {}

    private void write() {
        write(a());
    }

    private void bothWrite() {
        write(crew.b);
        crew.b.synced();
        write();
    }

    private void aSyncs() {
        write();
        a().synced();
    }

    /** Longer than what a device applies without staging it. */
    private void muchChanges() {
        String text = Integer.toString(ids).repeat(2_000);
        crew.b
                .db()
                .write(tx -> tx.run("update work_order set notes = ? where id like 'b-%' and notes is not null", text));
        crew.b.synced();
        write();
    }

    private void sync() {
        a().db().sync();
    }

    private static void checkpoint(Path file) {
        try (SqliteConnection connection = Crew.DRIVER.open(SqliteOptions.of(file.toString()))) {
            Sql.rows(connection, "pragma wal_checkpoint(truncate)");
        }
    }

    private void checkpointServer() {
        checkpoint(crew.server.file());
    }

    private void aCloses() {
        write();
        a().close();
    }

    private void open() {
        a().openIfClosed();
        a().close();
    }

    private void serverStops() {
        write();
        crew.server.close();
    }

    private void startServer() {
        crew.server.start();
    }

    /** Two scopes that the server does not know yet; the other one is the first that it learns of afterwards. */
    private void writeToNewScopes() {
        for (Crew.Member member : List.of(crew.b, a())) {
            String id = "s-" + scopes++;
            member.db()
                    .write(tx -> tx.run(
                            "insert into work_order (id, team, number, customer) values (?, ?, ?, 'x')", id, id, id));
        }
    }

    private void another() {
        files++;
        Path file = crew.folder().resolve("new-" + files + ".db");
        other = Optional.of(GodwitOptions.of(file.toString(), Crew.DRIVER)
                .withSchema(Crew.SCHEMA)
                .withScopes("red"));
        inOther = new TreeSet<>();
    }

    /** A database of the old schema, with something in its outbox. */
    private void old() {
        another();
        try (Godwit db = Godwit.open(other.orElseThrow())) {
            db.write(tx ->
                    tx.run("insert into work_order (id, team, number, customer) values ('old', 'red', '1', 'x')"));
        }
        inOther.add("old");
        other = other.map(options -> options.withSchema(GROWN));
    }

    /** What a process leaves that was killed: a database and a log. */
    private void killed() {
        another();
        write();
        inOther = own();
        String copy = other.orElseThrow().path();
        try {
            Files.copy(a().file(), Path.of(copy));
            Files.copy(Path.of(a().file() + "-wal"), Path.of(copy + "-wal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void openNew() {
        Godwit.open(other.orElseThrow()).close();
    }
}
