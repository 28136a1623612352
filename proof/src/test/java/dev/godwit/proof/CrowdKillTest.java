package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Processes;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteOptions.Durability;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server process that is killed while a crowd of devices pushes, all at once, and started again, again and again. It is killed
 * when it has given so many answers, which chance says, with the requests of the others on their way. {@code -Dcrowd=} and
 * {@code -DcrowdKills=} for more, {@code -Dseed=} replays the choices.
 */
@Timeout(value = 6, unit = TimeUnit.HOURS)
class CrowdKillTest {
    private static final String SCHEMA = "create table task (id text primary key, team text scope not null,"
            + " votes integer counter not null default 0);";

    /** Of each device before each kill, each sent by a sync of its own. */
    private static final int WRITES = 4;

    @TempDir
    Path folder;

    private final int crowd = Integer.getInteger("crowd", 24);
    private final long seed = Seeds.given(20261122);
    private final Random random = new Random(seed);
    private final List<Member> members = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(crowd);
    private final CyclicBarrier together = new CyclicBarrier(crowd);
    private final AtomicInteger answered = new AtomicInteger();
    private Processes.Server server;
    private int killAt;

    @AfterEach
    void close() {
        threads.shutdown();
        members.forEach(Member::close);
    }

    /** One of the crowd; belongs to one thread at a time. */
    private final class Member implements AutoCloseable {
        private final int number;
        private final HttpTransport transport;
        private final Godwit db;
        private int written;
        private int acknowledged;

        Member(int number) {
            this.number = number;
            this.transport =
                    new HttpTransport(HttpTransportOptions.of(server.address(), () -> server.token(), Limits.DEFAULT));
            this.db =
                    Godwit.open(GodwitOptions.of(folder.resolve(number + ".db").toString(), Crew.DRIVER)
                            .withSchema(SCHEMA)
                            .withScopes("red")
                            .withDurability(Durability.NORMAL)
                            .withTransport(transport));
        }

        /** Writes and syncs; whoever gets the answer that is awaited kills the server. Returns how many syncs got none. */
        int push() throws Exception {
            together.await();
            int unanswered = 0;
            for (int i = 0; i < WRITES; i++) {
                String id = number + "-" + written++;
                db.write(tx -> {
                    tx.run("insert into task (id, team) values (?, 'red')", id);
                    tx.run("update task set votes = votes + 1 where id = 'all'");
                });
                SyncResult result = db.sync();
                if (result.isSynced()) {
                    acknowledged = written;
                    if (answered.incrementAndGet() == killAt) {
                        server.process().destroyForcibly();
                    }
                } else {
                    unanswered++;
                }
            }
            return unanswered;
        }

        int catchUp() throws Exception {
            together.await();
            SyncResult result = db.sync();
            // the server may ask some of them to come later
            while (result.outcome() == SyncResult.End.LATER) {
                result = db.sync();
            }
            assertThat(result.isSynced()).as(number + ": " + result).isTrue();
            acknowledged = written;
            return 0;
        }

        String shown() {
            return db.query("select count(*), sum(votes) from task").toString();
        }

        @Override
        public void close() {
            db.close();
            transport.close();
        }
    }

    private interface Step {
        int by(Member member) throws Exception;
    }

    private int all(Step step) throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        members.forEach(member -> calls.add(() -> step.by(member)));
        int sum = 0;
        for (Future<Integer> future : threads.invokeAll(calls)) {
            sum += future.get();
        }
        return sum;
    }

    @Test
    void aServerThatIsKilledWhileACrowdPushesAppliesEverythingOnce() throws Exception {
        int kills = Integer.getInteger("crowdKills", 5);
        Path schema = Files.writeString(folder.resolve("schema.sql"), SCHEMA);
        Path data = folder.resolve("server");
        int unheard = 0;
        int unanswered = 0;
        try (Processes processes = Processes.brief()) {
            server = processes.serve(schema, data, "red", 0);
            int port = URI.create(server.address()).getPort();
            for (int i = 0; i < crowd; i++) {
                members.add(new Member(i));
            }
            members.get(0).db.write(tx -> tx.run("insert into task (id, team) values ('all', 'red')"));
            assertThat(members.get(0).db.sync().isSynced()).isTrue();
            all(Member::catchUp);
            for (int kill = 0; kill < kills; kill++) {
                answered.set(0);
                killAt = 1 + random.nextInt(crowd * WRITES / 2);
                unanswered += all(Member::push);
                server.process().waitFor();
                unheard += lookAtTheDeadServersFile(data.resolve("server.db"), "kill " + kill + ", seed " + seed);
                server = processes.serve(schema, data, "red", port);
                all(Member::catchUp);
            }
            all(Member::catchUp);
        }
        int written = crowd * WRITES * kills;
        for (Member member : members) {
            assertThat(member.db.outbox()).isEmpty();
            assertThat(member.shown()).isEqualTo(members.get(0).shown());
        }
        Path file = data.resolve("server.db");
        Crew.assertSound(file);
        assertThat(number(file, "select count(*) - 1 from task")).as("rows").isEqualTo(written);
        assertThat(number(file, "select sum(votes) from task"))
                .as("counted once")
                .isEqualTo(written);
        assertThat(unanswered).as("syncs that the kills cut off").isGreaterThan(kills);
        System.out.println("CrowdKillTest: " + kills + " kills while " + crowd + " devices pushed, " + written
                + " transactions, " + unanswered + " syncs without an answer, " + unheard
                + " transactions that were kept and not answered, lost 0, seed " + seed);
    }

    /** What was answered is in it; returns how much more is. */
    private int lookAtTheDeadServersFile(Path file, String where) {
        long kept = number(file, "select count(*) - 1 from task");
        int acknowledged =
                members.stream().mapToInt(member -> member.acknowledged).sum();
        assertThat(kept).as("answered before " + where).isGreaterThanOrEqualTo(acknowledged);
        assertThat(number(file, "select sum(votes) from task")).as(where).isEqualTo(kept);
        return (int) kept - acknowledged;
    }

    private static long number(Path file, String sql) {
        try (SqliteConnection connection = Crew.DRIVER.open(SqliteOptions.of(file.toString()))) {
            return Sql.number(connection, sql);
        }
    }
}
