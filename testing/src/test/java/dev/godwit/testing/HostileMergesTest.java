package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Frame;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.ScopePosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that no honest device sends: each is refused with the row, the column and the reason, and nothing of it is applied. */
class HostileMergesTest {
    @TempDir
    Path folder;

    private Fleet fleet;
    private int sequence;

    @BeforeEach
    void aServerWithAnItem() {
        fleet = new Fleet(folder.resolve("fleet"), MergeWordsTest.SCHEMA);
        Fleet.Member a = fleet.device("a", "red");
        a.run("insert into item (id, team, plain, stock, tags, notes, extra) values"
                + " ('i', 'red', 'p', 9223372036854775800, '[1]', 'a\uD83D\uDE00b', '{}')");
        a.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** Pushes one change beside a harmless one, and returns the rejection; neither is applied. */
    private Outcome.Rejected rejected(RowKind kind, Object... rolesNamesValues) {
        List<BlockColumn> columns = new ArrayList<>(List.of(new BlockColumn("id", ColumnRole.KEY)));
        List<Value> values = new ArrayList<>(List.of(Value.of(kind == RowKind.INSERT ? "new" : "i")));
        for (int i = 0; i < rolesNamesValues.length; i += 3) {
            columns.add(new BlockColumn((String) rolesNamesValues[i + 1], (ColumnRole) rolesNamesValues[i]));
            values.add((Value) rolesNamesValues[i + 2]);
        }
        RowBlock harmless = new RowBlock(
                "item",
                RowKind.INSERT,
                List.of(new BlockColumn("id", ColumnRole.KEY), new BlockColumn("team", ColumnRole.SET)),
                List.<Value[]>of(new Value[] {Value.of("beside"), Value.of("red")}));
        RowBlock hostile = new RowBlock("item", kind, columns, List.<Value[]>of(values.toArray(new Value[0])));
        List<String> before = fleet.onServer("select * from item order by id");
        Outcome outcome = push(List.of(harmless, hostile));
        assertThat(fleet.onServer("select * from item order by id")).isEqualTo(before);
        assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
        return (Outcome.Rejected) outcome;
    }

    private Outcome push(List<RowBlock> blocks) {
        PushedTransaction transaction = new PushedTransaction(
                TransactionId.of(1_800_000_000_000L, new UUID(++sequence, 0x8000000000000000L)),
                sequence,
                Map.of("red", new Checkpoint(UUID.fromString(one("select id from godwit_timeline")), head())),
                new DeviceClock(1_800_000_000_000L, 1, "boot"),
                List.of(),
                false,
                Changes.encode(blocks));
        List<Frame> answer = new ArrayList<>();
        try {
            fleet.server
                    .engine()
                    .sync(
                            new Grant("eve", Set.of("red"), false),
                            Requests.request(
                                    0, new ScopePosition("red", Checkpoint.NONE, Cursor.NONE), List.of(transaction)),
                            answer::add);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        Cut cut = (Cut) answer.get(answer.size() - 1);
        return cut.receipts().get(cut.receipts().size() - 1).outcome();
    }

    private String one(String sql) {
        return fleet.onServer(sql).get(0).replaceAll("[\\[\\]']", "");
    }

    private long head() {
        return Long.parseLong(one("select head from godwit_scope where name = 'red'"));
    }

    private void refusesType(Outcome.Rejected rejected, String column, String reason) {
        assertThat(rejected.code()).isEqualTo(RejectionCode.TYPE);
        assertThat(rejected.message())
                .contains("Column " + column + " of item, row ")
                .contains(reason);
        assertThat(rejected.table()).isEqualTo("item");
    }

    private Value edit(int length, Splice... splices) {
        return new TextEdit(null, length, false, List.of(splices)).encode();
    }

    @Test
    void editsOutsideTheTextOrWithinACharacter() {
        refusesType(rejected(RowKind.UPDATE, ColumnRole.EDIT, "notes", edit(4, new Splice(9, 0, "x"))), "notes", "9");
        refusesType(rejected(RowKind.UPDATE, ColumnRole.EDIT, "notes", edit(4, new Splice(3, 5, ""))), "notes", "5");
        refusesType(
                rejected(RowKind.UPDATE, ColumnRole.EDIT, "notes", edit(4, new Splice(2, 0, "x"))),
                "notes",
                "surrogate");
        refusesType(rejected(RowKind.UPDATE, ColumnRole.EDIT, "notes", edit(3, new Splice(0, 0, "x"))), "notes", "3");
        refusesType(
                rejected(RowKind.UPDATE, ColumnRole.EDIT, "notes", Value.of(new byte[] {9, 1, 2})),
                "notes",
                "cannot be read");
    }

    @Test
    void whatIsNoJsonOrNoSet() {
        refusesType(rejected(RowKind.UPDATE, ColumnRole.SET, "extra", Value.of("{\"a\":")), "extra", "JSON");
        refusesType(rejected(RowKind.UPDATE, ColumnRole.SET, "extra", Value.of("{\"a\":NaN}")), "extra", "JSON");
        refusesType(rejected(RowKind.UPDATE, ColumnRole.SET, "tags", Value.of("{}")), "tags", "array");
        refusesType(rejected(RowKind.UPDATE, ColumnRole.SET, "tags", Value.of(7)), "tags", "");
        for (String column : List.of("extra", "tags")) {
            refusesType(
                    rejected(
                            RowKind.INSERT,
                            ColumnRole.SET,
                            "team",
                            Value.of("red"),
                            ColumnRole.SET,
                            column,
                            Value.of("{]")),
                    column,
                    "");
        }
        refusesType(
                rejected(
                        RowKind.INSERT,
                        ColumnRole.SET,
                        "team",
                        Value.of("red"),
                        ColumnRole.SET,
                        "notes",
                        Value.of(new byte[] {1})),
                "notes",
                "no text");
    }

    @Test
    void deltasAndCountsThatDoNotFit() {
        refusesType(rejected(RowKind.UPDATE, ColumnRole.ADD, "stock", Value.of(100)), "stock", "64 bits");
        refusesType(
                rejected(
                        RowKind.UPDATE,
                        ColumnRole.RESET,
                        "stock",
                        Value.of(Long.MAX_VALUE),
                        ColumnRole.BASE,
                        "stock",
                        Value.of(Long.MIN_VALUE)),
                "stock",
                "64 bits");
    }

    @Test
    void rolesThatAColumnDoesNotTake() {
        assertThat(rejected(RowKind.UPDATE, ColumnRole.SET, "stock", Value.of(1))
                        .code())
                .isEqualTo(RejectionCode.MALFORMED);
        assertThat(rejected(RowKind.UPDATE, ColumnRole.SET, "notes", Value.of("x"))
                        .code())
                .isEqualTo(RejectionCode.MALFORMED);
        assertThat(rejected(RowKind.UPDATE, ColumnRole.EDIT, "plain", edit(1)).code())
                .isEqualTo(RejectionCode.MALFORMED);
        assertThat(rejected(
                                RowKind.INSERT,
                                ColumnRole.SET,
                                "team",
                                Value.of("red"),
                                ColumnRole.BASE,
                                "team",
                                Value.NULL)
                        .code())
                .isEqualTo(RejectionCode.MALFORMED);
        assertThat(rejected(RowKind.UPDATE, ColumnRole.SET, "rank", Value.of(1)).code())
                .isEqualTo(RejectionCode.READ_ONLY);
    }
}
