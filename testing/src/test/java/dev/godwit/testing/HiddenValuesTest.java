package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Conflict;
import dev.godwit.client.SyncResult;
import dev.godwit.merge.Resolver;
import dev.godwit.model.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device has pulled what another wrote and shows a pending write of its own over it. Who writes on from there has the commit in
 * the base, and never had that value before his eyes: it does not vanish without a trace.
 */
class HiddenValuesTest {
    private static final String SCHEMA = """
            create table item (id text primary key, team text scope not null, plain text, quiet text,
              price integer custom, doc text merged_json);
            insert into godwit_policy values ('item', 'quiet', 'quiet', '1');
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesThatHaveTheSameItem() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, TestLimits.with("pushTransactions", 1));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item values ('i', 'red', 'base', 'base', 10, '{}'), ('j', 'red', 'base', 'base', 10, '{}')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private static String set(String column, Object value) {
        return "update item set " + column + " = '" + value + "' where id = 'i'";
    }

    /** A writes, and B after it; A pulls B's value, is cut off before it can send its own, and shows that. */
    private void aPullsBehindItsOwn(String column, Object byA, Object byB) {
        a.run("update item set plain = 'goes first' where id = 'j'");
        a.run(set(column, byA));
        fleet.pass(1_000);
        b.run(set(column, byB));
        b.synced();
        a.transport.beforeNextAnswer(() -> a.transport.fail(new FaultyTransport.Fault.RequestLost()));
        assertThat(a.sync().outcome()).isEqualTo(SyncResult.End.OFFLINE);
        assertThat(a.db.status().pending()).as("its own write waits").isEqualTo(1);
        assertThat(a.one("select " + column + " from item where id = 'i'")).isEqualTo(String.valueOf(byA));
        fleet.pass(1_000);
    }

    private void everybodyShows(String column, Object value) {
        a.synced();
        b.synced();
        String sql = "select " + column + " from item where id = 'i'";
        assertThat(a.one(sql)).isEqualTo(String.valueOf(value));
        assertThat(b.one(sql)).isEqualTo(String.valueOf(value));
    }

    private List<Value> inInbox() {
        assertThat(a.db.inbox().conflicts()).isEqualTo(b.db.inbox().conflicts());
        return b.db.inbox().conflicts().stream().map(Conflict::mine).toList();
    }

    @Test
    void whatTheWriterNeverSawIsInTheInboxWhenItIsWrittenOver() {
        aPullsBehindItsOwn("plain", "a1", "b");
        a.run(set("plain", "a2"));
        everybodyShows("plain", "a2");
        assertThat(inInbox()).containsExactlyInAnyOrder(Value.of("a1"), Value.of("b"));
        a.run(set("plain", "a3"));
        everybodyShows("plain", "a3");
        assertThat(inInbox()).as("a3 replaced what stood there").hasSize(2);
    }

    @Test
    void whatTheWriterSawIsReplacedWithoutAnEntry() {
        aPullsBehindItsOwn("plain", "a1", "b");
        everybodyShows("plain", "b");
        assertThat(inInbox()).containsExactly(Value.of("a1"));
        a.run(set("plain", "a2"));
        everybodyShows("plain", "a2");
        assertThat(inInbox()).containsExactly(Value.of("a1"));
    }

    @Test
    void aQuietColumnLeavesNoEntryOfItEither() {
        aPullsBehindItsOwn("quiet", "a1", "b");
        a.run(set("quiet", "a2"));
        everybodyShows("quiet", "a2");
        assertThat(inInbox()).isEmpty();
    }

    @Test
    void aResolverIsAskedAboutWhatTheWriterNeverSaw() {
        List<String> asked = new CopyOnWriteArrayList<>();
        Resolver dearest = clash -> {
            asked.add(clash.base() + " " + clash.ours() + " " + clash.theirs());
            return clash.ours().asLong() > clash.theirs().asLong() ? clash.ours() : clash.theirs();
        };
        fleet.server.restart(options -> options.withResolver("item", "price", dearest));
        aPullsBehindItsOwn("price", 11, 20);
        a.run(set("price", 12));
        everybodyShows("price", 20);
        assertThat(asked).containsExactly("10 20 11", "11 20 12");
        assertThat(inInbox()).containsExactlyInAnyOrder(Value.of(11), Value.of(12));
    }

    @Test
    void aPathOfADocumentThatTheWriterNeverSawIsInTheInbox() {
        aPullsBehindItsOwn("doc", "{\"a\":1}", "{\"a\":9}");
        a.run(set("doc", "{\"a\":2}"));
        everybodyShows("doc", "{\"a\":2}");
        assertThat(inInbox()).containsExactlyInAnyOrder(Value.of("{\"a\":1}"), Value.of("{\"a\":9}"));
    }

    @Test
    void whatWasBelowAPathThatTheWriterReplacedIsInTheInboxToo() {
        aPullsBehindItsOwn("doc", "{\"a\":1}", "{\"a\":{\"b\":9}}");
        a.run(set("doc", "{\"a\":2}"));
        everybodyShows("doc", "{\"a\":2}");
        assertThat(inInbox()).containsExactlyInAnyOrder(Value.of("{\"a\":1}"), Value.of("{\"a\":{\"b\":9}}"));
    }

    @Test
    void otherPathsOfTheDocumentLoseNothing() {
        aPullsBehindItsOwn("doc", "{\"a\":1}", "{\"a\":9}");
        a.run(set("doc", "{\"a\":1,\"b\":2}"));
        everybodyShows("doc", "{\"a\":9,\"b\":2}");
        assertThat(inInbox()).containsExactly(Value.of("{\"a\":1}"));
    }

    @Test
    void ofTheWritesOfOneDeviceTheLaterHasSeenTheEarlierAlsoWhenTheServerHasLostWhatWasBetween() throws IOException {
        Path backup = fleet.backup();
        a.run(set("plain", "a1"));
        fleet.pass(1_000);
        b.run(set("plain", "b"));
        b.synced();
        everybodyShows("plain", "b");
        assertThat(inInbox()).containsExactly(Value.of("a1"));
        fleet.pass(1_000);
        a.run(set("plain", "a2"));
        fleet.restore(backup);
        a.synced();
        b.synced();
        everybodyShows("plain", "a2");
        assertThat(inInbox()).as("a1 met b no more").containsExactly(Value.of("b"));
    }
}
