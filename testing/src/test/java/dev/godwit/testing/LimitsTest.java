package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Commit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.wire.RequestRoom;
import dev.godwit.wire.SyncCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The limits that a device keeps: as much as a limit says is taken, one more is refused by its name, or goes with the next
 * request. The limits of messages are in {@code wire}'s own test, those of the server in {@code ServerLimitsTest}.
 */
@Timeout(60)
class LimitsTest {
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text, data blob);";

    @TempDir
    Path folder;

    private int fleets;

    private Fleet fleet(Object... limits) {
        return new Fleet(folder.resolve("fleet" + fleets++), SCHEMA, TestLimits.with(limits));
    }

    private static void refused(Fleet.Member member, String limit, ThrowingCallable write) {
        List<String> before = OverHttp.everything(member.file);
        assertThatThrownBy(write)
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining(limit)
                .hasMessageContaining("troubleshooting.md#write");
        assertThat(OverHttp.everything(member.file)).isEqualTo(before);
    }

    private static void insert(Fleet.Member member, String id) {
        member.run("insert into task (id, team) values (?, 'red')", id);
    }

    private static long number(Fleet.Member member, String sql) {
        try (SqliteConnection sqlite =
                Fleet.DRIVER.open(SqliteOptions.of(member.file.toString()).reading())) {
            return Sql.number(sqlite, sql);
        }
    }

    /** How many bytes the changes of one insert take. */
    private int insertBytes() {
        try (Fleet fleet = fleet()) {
            Fleet.Member a = fleet.device("a", "red");
            insert(a, "1");
            return (int) number(a, "select length(changes) from godwit_entry");
        }
    }

    @Test
    void transactionRows() {
        try (Fleet fleet = fleet("transactionRows", 3)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into task (id, team) values ('1', 'red'), ('2', 'red'), ('3', 'red')");
            refused(
                    a,
                    "transactionRows is 3",
                    () -> a.run(
                            "insert into task (id, team) values ('4', 'red'), ('5', 'red'), ('6', 'red'), ('7', 'red')"));
            a.synced();
        }
    }

    @Test
    void transactionBytes() {
        int bytes = insertBytes();
        try (Fleet enough = fleet("transactionBytes", bytes);
                Fleet little = fleet("transactionBytes", bytes - 1)) {
            Fleet.Member a = enough.device("a", "red");
            insert(a, "1");
            a.synced();
            Fleet.Member b = little.device("b", "red");
            refused(b, "transactionBytes is " + (bytes - 1), () -> insert(b, "1"));
        }
    }

    @Test
    void valueBytesOfBlobsAndOfTextsInUtf8() {
        try (Fleet fleet = fleet("valueBytes", 102)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into task values ('1', 'red', ?, ?)", "ü".repeat(50), new byte[100]);
            refused(a, "valueBytes is 102", () -> a.run("update task set data = ?", new byte[101]));
            refused(a, "valueBytes is 102", () -> a.run("update task set title = ?", "ü".repeat(50) + "x"));
            refused(a, "valueBytes is 102", () -> a.run("update task set title = ?", "x".repeat(101)));
            a.synced();
            assertThat(fleet.onServer("select length(title), length(data) from task"))
                    .isEqualTo(List.of("[50, 100]"));
        }
    }

    @Test
    void writeAfterARefusedOneIsCaptured() {
        try (Fleet fleet = fleet("valueBytes", 102)) {
            Fleet.Member a = fleet.device("a", "red");
            insert(a, "1");
            a.synced();
            for (int i = 0; i < 3; i++) {
                String title = "kept " + i;
                refused(a, "valueBytes", () -> a.run("update task set data = ?", new byte[101]));
                a.run("update task set title = ?", title);
                assertThat(a.db.outbox()).as(title).hasSize(1);
                a.synced();
                assertThat(fleet.onServer("select title from task")).isEqualTo(List.of("['" + title + "']"));
            }
        }
    }

    @Test
    void whatAnotherProgramWroteOverTheLimitIsParkedAndHoldsNothingUp() {
        try (Fleet fleet = fleet("valueBytes", 102)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
                other.execute("insert into task values ('1', 'red', 'large', zeroblob(200))");
            }
            insert(a, "2");
            insert(b, "3");
            b.synced();
            SyncResult result = a.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(result.parked()).isEqualTo(1);
            assertThat(a.db.outbox()).hasSize(1);
            assertThat(a.all("select id from task order by id")).isEqualTo(List.of("['2']", "['3']"));
            assertThat(fleet.onServer("select id from task order by id")).isEqualTo(List.of("['2']", "['3']"));
            a.db.discard(a.db.outbox().get(0).id());
            a.synced();
        }
    }

    @Test
    void pushTransactionsInOneRequest() {
        try (Fleet fleet = fleet("pushTransactions", 3)) {
            Fleet.Member a = fleet.device("a", "red");
            for (int i = 0; i < 3; i++) {
                insert(a, "a" + i);
            }
            assertThat(a.sync().requests()).isEqualTo(1);
            for (int i = 0; i < 4; i++) {
                insert(a, "b" + i);
            }
            SyncResult result = a.sync();
            assertThat(result.requests()).isEqualTo(2);
            assertThat(result.sent()).isEqualTo(4);
        }
    }

    @Test
    void pushBytesInOneRequestAndMoreOnlyAlone() {
        int bytes = insertBytes();
        int[][] cases = {{2 * bytes, 1}, {2 * bytes - 1, 2}, {bytes - 1, 2}};
        for (int[] limitAndRequests : cases) {
            try (Fleet fleet = fleet("pushBytes", limitAndRequests[0])) {
                Fleet.Member a = fleet.device("a", "red");
                insert(a, "1");
                insert(a, "2");
                SyncResult result = a.sync();
                assertThat(result.sent()).isEqualTo(2);
                assertThat(result.requests())
                        .as("pushBytes " + limitAndRequests[0])
                        .isEqualTo(limitAndRequests[1]);
            }
        }
    }

    @Test
    void scopesPerDevice() {
        try (Fleet fleet = fleet("scopesPerDevice", 2)) {
            fleet.device("a", "red", "blue").synced();
            assertThatThrownBy(() -> fleet.device("b", "red", "blue", "green"))
                    .isInstanceOf(GodwitException.class)
                    .hasMessageContaining("3 scopes, and the limit scopesPerDevice is 2")
                    .hasMessageContaining("#request");
        }
    }

    @Test
    void scopesPerDeviceWithThoseThatAreSyncedAlready() {
        try (Fleet fleet = fleet("scopesPerDevice", 2)) {
            Fleet.Member a = fleet.device("a", "red", "blue");
            a.synced();
            assertThatThrownBy(() -> a.reopenWith(options -> options.withScopes("green", "blue")))
                    .isInstanceOf(GodwitException.class)
                    .hasMessageContaining(
                            "3 scopes, and the limit scopesPerDevice is 2; 2 of them are synced here already")
                    .hasMessageContaining("#request");
            a.reopenWith(options -> options.withScopes("blue"));
            insert(a, "1");
            a.synced();
        }
    }

    @Test
    void scopeNameChars() {
        try (Fleet fleet = fleet("scopeNameChars", 10)) {
            fleet.device("a", "s".repeat(10)).synced();
            assertThatThrownBy(() -> fleet.device("b", "s".repeat(11)))
                    .isInstanceOf(GodwitException.class)
                    .hasMessageContaining("1 to 10 characters (scopeNameChars)");
            Fleet.Member c = fleet.device("c", "t".repeat(10));
            c.run("insert into task (id, team) values ('1', ?)", "t".repeat(10));
            refused(c, "scopeNameChars = 10", () -> c.run("update task set team = ?", "t".repeat(11)));
            c.synced();
        }
    }

    @Test
    void charactersOfTheApplicationAndTheBoot() {
        String longest = "n".repeat(Limits.NAME_CHARS);
        try (Fleet fleet = fleet()) {
            Fleet.Member a = fleet.device("a", "red");
            insert(a, "1");
            a.device.setBoot(longest + "n");
            insert(a, "2");
            a.synced();
            a.reopenWith(options -> options.withApplication(longest));
            a.synced();
            assertThatThrownBy(() -> a.reopenWith(options -> options.withApplication(longest + "n")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("application has 1001 characters");
        }
    }

    @Test
    void attemptsKept() {
        try (Fleet fleet = fleet("attemptsKept", 3)) {
            Fleet.Member a = fleet.device("a", "red");
            for (int i = 0; i < 3; i++) {
                a.synced();
            }
            assertThat(number(a, "select count(*) from godwit_attempt")).isEqualTo(3);
            a.synced();
            assertThat(number(a, "select count(*) from godwit_attempt")).isEqualTo(3);
            assertThat(number(a, "select min(attempt) from godwit_attempt")).isEqualTo(2);
        }
    }

    @Test
    void receiptsKept() throws Exception {
        try (Fleet fleet = fleet("receiptsKept", 2)) {
            Fleet.Member a = fleet.device("a", "red");
            List<Commit> commits = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String id = "t" + i;
                commits.add(a.db.write(tx -> tx.run("insert into task (id, team) values (?, 'red')", id)));
            }
            a.synced();
            assertThat(commits.get(2).confirmed().get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
            assertThat(commits.get(1).confirmed().get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
            assertThat(commits.get(0).confirmed())
                    .as("the oldest of three, of which two are kept")
                    .isNotDone();
        }
    }

    /** A server reads no message of more fields than some, and each byte of these numbers counts as one. */
    @Test
    void transactionsThatNameTooManyOthersGoWithTheNextRequest() {
        int rows = 250;
        int updates = RequestRoom.DEPENDENCIES / rows;
        try (Fleet fleet = fleet()) {
            Fleet.Member a = fleet.device("a", "red");
            writesOnAll(a, "a", rows, updates + 1);
            List<Integer> named = new ArrayList<>();
            a.transport.watchAnswers(answer -> named.add(named(a)));
            a.synced();
            assertThat(named)
                    .as("whose fate is known by then is not named any more")
                    .containsExactly(RequestRoom.DEPENDENCIES, 0);
            assertThat(fleet.onServer("select count(*), min(title), max(title) from task"))
                    .containsExactly("[" + rows + ", '" + (updates + 1) + "', '" + (updates + 1) + "']");
        }
    }

    @Test
    void transactionsThatWereAcceptedAreNotNamed() {
        try (Fleet fleet = fleet()) {
            Fleet.Member a = fleet.device("a", "red");
            insert(a, "i");
            a.synced();
            insert(a, "j");
            a.run("update task set title = 'both'");
            a.synced();
            assertThat(named(a)).as("the insert of j").isEqualTo(1);
        }
    }

    private static void writesOnAll(Fleet.Member member, String name, int rows, int updates) {
        for (int i = 0; i < rows; i++) {
            insert(member, name + i);
        }
        for (int i = 1; i <= updates; i++) {
            member.run("update task set title = ? where id like ?", Integer.toString(i), name + "%");
        }
    }

    private static int named(Fleet.Member member) {
        return SyncCodec.decodeRequest(member.transport.recordedRequest().request(), Limits.DEFAULT)
                .transactions()
                .stream()
                .mapToInt(transaction -> transaction.dependsOn().size())
                .sum();
    }
}
