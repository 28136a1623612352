package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Commit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transactions that no server reads: a request that holds one is refused whole, again and again. They are parked like those that a
 * server refuses, and hold nothing up.
 */
@Timeout(60)
class UnsendableTest {
    private static final String SCHEMA =
            "create table doc (id integer primary key, team text scope not null, body text);"
                    + "create table line (id integer primary key, team text scope not null, doc integer references doc(id));";
    private static final int BYTES = 20_000;

    @TempDir
    Path folder;

    private Fleet fleet(Object... limits) {
        return new Fleet(folder.resolve("fleet"), SCHEMA, TestLimits.with(limits));
    }

    /** As another program does: what it commits nobody can refuse. */
    private static void foreign(Fleet.Member member, String sql) {
        try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(member.file.toString()))) {
            other.execute(sql);
        }
    }

    private static SyncResult syncedBut(Fleet.Member member, int parked) {
        SyncResult result = member.sync();
        assertThat(result.isSynced()).as(result.toString()).isTrue();
        assertThat(result.parked()).isEqualTo(parked);
        assertThat(member.db.outbox()).hasSize(parked);
        return result;
    }

    @ParameterizedTest(name = "scope {0}")
    @ValueSource(strings = {"''", "x'01'", "printf('%.201c', 'x')"})
    void oneOfAScopeThatNobodyNamesHoldsNothingUp(String scope) {
        try (Fleet fleet = fleet()) {
            Fleet.Member a = fleet.device("a", "red");
            foreign(a, "insert into doc values (1, " + scope + ", 'nowhere')");
            a.run("insert into doc values (2, 'red', 'later')");
            syncedBut(a, 1);
            assertThat(fleet.onServer("select id from doc")).containsExactly("[2]");
        }
    }

    @Test
    void oneThatIsTooLargeIsParkedWithWhatBuildsOnItAndCanBeRepaired() throws Exception {
        try (Fleet fleet = fleet("transactionBytes", BYTES)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into doc values (1, 'red', 'earlier')");
            foreign(a, "insert into doc select 2, 'red', hex(randomblob(" + BYTES + "))");
            Commit follower = a.db.write(tx -> tx.run("insert into line values (1, 'red', 2)"));
            a.run("insert into doc values (3, 'red', 'later')");
            syncedBut(a, 2);
            assertThat(a.db.outbox().toString()).contains("transactionBytes = " + BYTES, "it builds on transaction");
            assertThat(a.all("select id from doc")).containsExactly("[1]", "[3]");
            assertThat(a.all("select id from line")).isEmpty();
            assertThat(fleet.onServer("select id from doc")).containsExactly("[1]", "[3]");
            assertThat(follower.confirmed().get(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            told -> assertThat(told.code()).isEqualTo(RejectionCode.DEPENDS_ON));
            a.db.retry(a.db.outbox().get(0).id(), row -> {
                Map<String, Value> shorter = new HashMap<>(row);
                shorter.computeIfPresent("body", (name, body) -> Value.of("shorter"));
                return shorter;
            });
            syncedBut(a, 0);
            assertThat(fleet.onServer("select id, body from doc"))
                    .containsExactly("[1, 'earlier']", "[2, 'shorter']", "[3, 'later']");
            assertThat(fleet.onServer("select id, doc from line")).containsExactly("[1, 2]");
        }
    }

    @Test
    void oneAboutMoreScopesThanARequestNamesIsRefusedAtOnceOrParked() {
        try (Fleet fleet = fleet("scopesPerDevice", 3)) {
            Fleet.Member a = fleet.device("a", "red");
            String four = "insert into doc values (1, 's1', ''), (2, 's2', ''), (3, 's3', ''), (4, 's4', '')";
            assertThatThrownBy(() -> a.run(four))
                    .isInstanceOf(GodwitException.class)
                    .hasMessageContaining("about 4 scopes and the limit scopesPerDevice is 3");
            assertThat(a.all("select * from doc")).isEmpty();
            foreign(a, four);
            a.run("insert into doc values (5, 'red', 'later')");
            syncedBut(a, 1);
            assertThat(fleet.onServer("select id from doc")).containsExactly("[5]");
        }
    }

    @Test
    void thoseAboutManyScopesGoInSeveralRequests() {
        try (Fleet fleet = fleet("scopesPerDevice", 3)) {
            Fleet.Member a = fleet.device("a", "red");
            for (int i = 0; i < 20; i++) {
                a.run("insert into doc values (?, ?, '')", i, "s" + i);
            }
            a.run("insert into doc values (100, 'red', 'later')");
            int before = a.transport.exchanges();
            syncedBut(a, 20);
            assertThat(a.transport.exchanges() - before)
                    .as("five at a time beside red")
                    .isEqualTo(4);
            assertThat(a.db.outbox()).allMatch(entry -> entry.toString().contains("not granted"));
            assertThat(fleet.onServer("select id from doc")).containsExactly("[100]");
        }
    }

    /** A download that breaks off goes on behind a key, which every request names. */
    @Test
    void oneWithAKeyThatNobodyCouldGoOnBehindIsRefused() {
        String schema = "create table page (url text, n integer, team text scope not null, primary key (url, n));";
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), schema)) {
            Fleet.Member a = fleet.device("a", "red");
            int most = KeyCodec.MOST_BYTES - KeyCodec.encode(Key.of(Value.of(1))).length - 4;
            String insert = "insert into page values (printf('%.*c', ?, 'x'), 1, 'red')";
            a.run(insert, most);
            assertThatThrownBy(() -> a.run(insert, most + 1)).hasMessageContaining("takes more than 65536 bytes");
            a.synced();
            foreign(a, "insert into page values (printf('%.*c', " + (most + 1) + ", 'x'), 2, 'red')");
            syncedBut(a, 1);
            assertThat(fleet.onServer("select n from page")).containsExactly("[1]");
            Fleet.Member b = fleet.device("b", "red");
            b.synced();
            assertThat(b.all("select n from page")).containsExactly("[1]");
        }
    }

    @Test
    void itsPlaceIsAVoidAlsoIfTheAnswerIsLost() {
        try (Fleet fleet = fleet("transactionBytes", BYTES)) {
            Fleet.Member a = fleet.device("a", "red");
            foreign(a, "insert into doc select 1, 'red', hex(randomblob(" + BYTES + "))");
            a.transport.fail(new FaultyTransport.Fault.AnswerLost());
            assertThat(a.sync().isSynced()).isFalse();
            a.run("insert into doc values (2, 'red', 'later')");
            a.reopen(null);
            a.synced();
            assertThat(a.db.outbox()).hasSize(1);
            a.db.discard(a.db.outbox().get(0).id());
            syncedBut(a, 0);
            assertThat(List.of(a.all("select id from doc"), fleet.onServer("select id from doc")))
                    .allMatch(List.of("[2]")::equals);
        }
    }
}
