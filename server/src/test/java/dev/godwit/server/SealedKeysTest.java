package dev.godwit.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Outcome.Applied;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Value;
import dev.godwit.schema.SchemaReader;
import dev.godwit.wire.PushedTransaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outcomes say of rows whose devices have given them other keys (H12). */
class SealedKeysTest {
    private static final String SCHEMA =
            "create table ticket (id integer primary key, team text scope not null, who text);"
                    + "create table pair (a integer, b integer, team text scope not null, primary key (a, b));";

    @TempDir
    Path dir;

    private TestServer server;
    private Schema schema;

    @BeforeEach
    void open() {
        server = new TestServer(dir.resolve("s.db"), SCHEMA);
        schema = new SchemaReader(new dev.godwit.jdbc.JdbcSqlite()).read("schema", SCHEMA);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static Key key(long id) {
        return Key.of(Value.of(id));
    }

    private static Rekeyed rekeyed(long from, long to) {
        return new Rekeyed("ticket", key(from), key(to));
    }

    /** New tickets, each as its key, or as the key and that under which it was sealed. */
    private static RowBlock tickets(long[]... keys) {
        List<BlockColumn> columns = new ArrayList<>(List.of(
                new BlockColumn("id", ColumnRole.KEY),
                new BlockColumn("team", ColumnRole.SET),
                new BlockColumn("who", ColumnRole.SET)));
        boolean named = Arrays.stream(keys).anyMatch(key -> key.length > 1);
        if (named) {
            columns.add(new BlockColumn("id", ColumnRole.BASE));
        }
        List<Value[]> rows = new ArrayList<>();
        for (long[] key : keys) {
            List<Value> row = new ArrayList<>(List.of(Value.of(key[0]), Value.of("red"), Value.of("row " + key[0])));
            if (named) {
                row.add(key.length > 1 ? Value.of(key[1]) : Value.NULL);
            }
            rows.add(row.toArray(new Value[0]));
        }
        return new RowBlock("ticket", RowKind.INSERT, columns, rows);
    }

    private SealedKeys keys(RowBlock block) {
        return SealedKeys.of(schema, List.of(block));
    }

    @Test
    void anOutcomeLeadsFromTheSealedKeyToTheOneOnTheServer() {
        List<RowBlock> changes = List.of(tickets(new long[] {3, 2}, new long[] {4, 1}, new long[] {5}, new long[] {6}));
        Applied merged = new Applied(Map.of("red", 1L), List.of(), List.of(rekeyed(3, 7), rekeyed(5, 8)));
        assertThat(SealedKeys.outcome(schema, changes, merged).rekeyed())
                .containsExactly(rekeyed(2, 7), rekeyed(1, 4), rekeyed(5, 8));
        List<RowBlock> plain = List.of(tickets(new long[] {3}));
        assertThat(SealedKeys.outcome(schema, plain, merged)).isSameAs(merged);
    }

    @Test
    void whoBringsItAgainHearsWhatHeDoesNotKnowWhateverHeCallsTheRow() {
        List<Rekeyed> before = List.of(rekeyed(2, 7));
        assertThat(keys(tickets(new long[] {2}, new long[] {9})).news(before)).containsExactly(rekeyed(2, 7));
        SealedKeys roomMade = keys(tickets(new long[] {4, 2}));
        assertThat(roomMade.news(before)).containsExactly(rekeyed(2, 7));
        assertThat(roomMade.renames(roomMade.news(before))).containsExactly(rekeyed(4, 7));
        assertThat(keys(tickets(new long[] {7, 2})).news(before)).isEmpty();
    }

    @Test
    void whoDoesNotSayWhatTheRowWasCalledIsToldNothing() {
        assertThat(keys(tickets(new long[] {7})).news(List.of(rekeyed(2, 7)))).isEmpty();
        assertThat(keys(tickets(new long[] {2}, new long[] {3})).news(List.of(rekeyed(2, 7), rekeyed(5, 8))))
                .as("2 is another row by now")
                .isEmpty();
    }

    @Test
    void aRowForWhichRoomWasMadeInVainHasItsFirstKeyAgain() {
        SealedKeys inVain = keys(tickets(new long[] {3, 2}));
        assertThat(inVain.news(List.of())).containsExactly(rekeyed(2, 2));
        assertThat(inVain.renames(inVain.news(List.of()))).containsExactly(rekeyed(3, 2));
    }

    @Test
    void theReceiptIsKeptForCopiesAndTheDeviceItselfHearsTheSameEachTime() {
        TestDevice device = new TestDevice(server, "d", "red");
        PushedTransaction transaction = device.write(tickets(new long[] {3, 2}));
        device.sync();
        assertThat(device.outcomes.get(transaction.id()).rekeyed()).containsExactly(rekeyed(2, 3));
        device.write(tickets(new long[] {9}));
        device.sync();
        device.sync();
        TestDevice copy = new TestDevice(server, "d", "red");
        copy.pending.add(TestDevice.at(transaction, ++copy.sequence));
        copy.sync();
        assertThat(copy.outcomes.get(transaction.id())).isEqualTo(new Outcome.Duplicate());
        TestDevice older = new TestDevice(server, "d", "red");
        PushedTransaction first = older.write(tickets(new long[] {2}));
        older.pending.set(
                0,
                new PushedTransaction(
                        transaction.id(),
                        first.sequence(),
                        first.bases(),
                        first.writtenAt(),
                        first.dependsOn(),
                        false,
                        first.changes()));
        PushedTransaction later = older.write(TestDevice.update("ticket", "id", 2, "who", "by the copy"));
        older.pending.set(
                1,
                new PushedTransaction(
                        later.id(),
                        later.sequence(),
                        later.bases(),
                        later.writtenAt(),
                        List.of(first.sequence()),
                        false,
                        later.changes()));
        older.sync();
        assertThat(older.outcomes.get(transaction.id())).isEqualTo(new Outcome.Duplicate(List.of(rekeyed(2, 3))));
        assertThat(older.outcomes.get(later.id())).isInstanceOf(Applied.class);
        assertThat(server.rows("select id, who from ticket order by id").toString())
                .isEqualTo("[[3, 'by the copy'], [9, 'row 9']]");
    }

    @Test
    void halfAKeyOrOneOfAnotherColumnIsRefused() {
        TestDevice device = new TestDevice(server, "d", "red");
        Value[] row = {Value.of(1), Value.of(2), Value.of("red"), Value.of(3)};
        for (String base : List.of("a", "b", "team")) {
            PushedTransaction transaction = device.write(new RowBlock(
                    "pair",
                    RowKind.INSERT,
                    List.of(
                            new BlockColumn("a", ColumnRole.KEY),
                            new BlockColumn("b", ColumnRole.KEY),
                            new BlockColumn("team", ColumnRole.SET),
                            new BlockColumn(base, ColumnRole.BASE)),
                    List.<Value[]>of(row)));
            device.sync();
            assertThat(device.outcomes.get(transaction.id()))
                    .as(base)
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            refused -> assertThat(refused.code()).isEqualTo(RejectionCode.MALFORMED));
        }
    }
}
