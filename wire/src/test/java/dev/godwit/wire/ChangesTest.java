package dev.godwit.wire;

import static dev.godwit.wire.Samples.block;
import static dev.godwit.wire.Samples.key;
import static dev.godwit.wire.Samples.row;
import static dev.godwit.wire.Samples.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ChangesTest {

    @Test
    void randomBlocksComeBackAsTheyWere() {
        RandomBlocks generator = new RandomBlocks(Seed.random("ChangesTest"));
        for (int i = 0; i < 2_000; i++) {
            List<RowBlock> blocks = generator.blocks();
            assertThat(Plain.of(roundTrip(blocks))).isEqualTo(Plain.of(blocks));
        }
        assertThat(generator.reachedEverything()).isTrue();
    }

    @Test
    void equalBlocksGiveEqualBytes() {
        assertThat(Changes.encode(Samples.blocks())).isEqualTo(Changes.encode(Samples.blocks()));
    }

    @Test
    void noBlocksAreNoBytes() {
        assertThat(Changes.encode(List.of())).isEmpty();
        assertThat(roundTrip(List.of())).isEmpty();
    }

    @Test
    void aBlockWithoutRowsKeepsItsColumns() {
        List<RowBlock> blocks = List.of(block("t", RowKind.UPDATE, List.of(key("id"), set("a"))));
        assertThat(Plain.of(roundTrip(blocks))).isEqualTo(Plain.of(blocks));
    }

    @Test
    void everyOddValueComesBackBitForBit() {
        List<Value> odd = List.of(
                Value.of(-0.0),
                Value.of(0.0),
                Value.of(0),
                Value.of(Double.NEGATIVE_INFINITY),
                Value.of(Double.POSITIVE_INFINITY),
                Value.of(Double.MIN_VALUE),
                Value.of(Long.MIN_VALUE),
                Value.of(Long.MAX_VALUE),
                Value.of("😀 \u0000 end"),
                Value.of(""),
                Value.of(new byte[0]),
                Value.of(new byte[] {0}),
                Value.NULL);
        assertThat(column(odd)).isEqualTo(odd);
    }

    @Test
    void notANumberArrivesAsNull() {
        assertThat(column(List.of(new Value.RealValue(Double.NaN)))).containsExactly(Value.NULL);
    }

    @Test
    void halfASurrogatePairArrivesAsTheReplacementCharacter() {
        assertThat(column(List.of(Value.of("a\ud83d"), Value.of("\ude00b"), Value.of("\ude00\ud83d"))))
                .containsExactly(Value.of("a\uFFFD"), Value.of("\uFFFDb"), Value.of("\uFFFD\uFFFD"));
    }

    @Test
    void whatOnlyResemblesAUuidStaysAText() {
        String id = "0198c2a0-0000-7000-8000-0123456789ab";
        List<Value> values = Stream.of(
                        id,
                        id.toUpperCase(),
                        id + " ",
                        id.replace('-', '_'),
                        "{" + id.substring(2) + "}",
                        id.substring(1) + "g")
                .map(Value::of)
                .toList();
        assertThat(column(values)).isEqualTo(values);
    }

    @Test
    void equalValuesCostTheSameForAnyNumberOfRows() {
        int small = Changes.encode(constants(2)).length - Changes.encode(keys(2)).length;
        int large = Changes.encode(constants(50_000)).length - Changes.encode(keys(50_000)).length;
        assertThat(large).isLessThanOrEqualTo(small + 8);
    }

    @Test
    void aDictionaryCostsOneByteARow() {
        List<Value> few = IntStream.range(0, 10_000)
                .mapToObj(i -> Value.of("value number " + i % 100))
                .toList();
        assertThat(Changes.encode(List.of(blockOf(few))).length)
                .isLessThan(Changes.encode(keys(10_000)).length + 10_000 + 2_000);
    }

    @Test
    void risingIntegersCostOneByteEach() {
        assertThat(Changes.encode(keys(50_000)).length).isBetween(50_000, 50_100);
    }

    private static RowBlock sealedUnder(List<Value[]> rows) {
        BlockColumn base = new BlockColumn("id", ColumnRole.BASE);
        return new RowBlock("t", RowKind.INSERT, List.of(key("id"), set("a"), base), rows);
    }

    @Test
    void theKeysUnderWhichNewRowsWereSealedComeBack() {
        RowBlock sent = sealedUnder(
                List.of(row(Value.of(3), Value.of("x"), Value.of(2)), row(Value.of(4), Value.of("y"), Value.NULL)));
        RowBlock read = roundTrip(List.of(sent)).get(0);
        assertThat(read.namesSealedKeys()).isTrue();
        assertThat(read.rows().stream().map(read::sealedKeyOf))
                .containsExactly(Key.of(Value.of(2)), Key.of(Value.of(4)));
        assertThat(read.rows().stream().map(read::keyOf)).containsExactly(Key.of(Value.of(3)), Key.of(Value.of(4)));
    }

    @Test
    void theyCostAByteARowAndAreBoundedAsAllValuesAre() {
        List<Value[]> many = IntStream.range(0, 10_000)
                .mapToObj(i -> row(Value.of(20_000 + i), Value.of("a"), Value.of(i)))
                .toList();
        int plain = Changes.encode(List.of(new RowBlock(
                        "t",
                        RowKind.INSERT,
                        List.of(key("id"), set("a")),
                        many.stream().map(row -> row(row[0], row[1])).toList())))
                .length;
        assertThat(Changes.encode(List.of(sealedUnder(many))).length).isLessThan(plain + 10_000 + 50);
        byte[] large = Changes.encode(List.of(
                sealedUnder(List.<Value[]>of(row(Value.of("k"), Value.of("a"), Value.of("k".repeat(11)))))));
        assertThatThrownBy(() -> Changes.decode(large, Limits.DEFAULT.with("valueBytes", 10)))
                .isInstanceOfSatisfying(
                        WireException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(WireException.Kind.TOO_LARGE));
    }

    @Test
    void rowsWithTheSameKeyAreKeptApart() {
        List<RowBlock> blocks =
                List.of(block("t", RowKind.DELETE, List.of(key("a"), key("b")), row2(), row2(), row2()));
        assertThat(Plain.of(roundTrip(blocks))).isEqualTo(Plain.of(blocks));
    }

    @Test
    void aColumnThatStopsRepeatingIsSentPlain() {
        Random random = new Random(5);
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            values.add(i < 300 ? Value.of("same") : Value.of("text " + random.nextLong()));
        }
        assertThat(column(values)).isEqualTo(values);
    }

    private static Value[] row2() {
        return row(Value.of(1), Value.of("x"));
    }

    private static List<RowBlock> keys(int rows) {
        List<Value[]> values =
                IntStream.range(0, rows).mapToObj(i -> row(Value.of(i + 5))).toList();
        return List.of(new RowBlock("t", RowKind.UPDATE, List.of(key("id")), values));
    }

    private static List<RowBlock> constants(int rows) {
        return List.of(blockOf(
                IntStream.range(0, rows).mapToObj(i -> Value.of("always this")).toList()));
    }

    private static RowBlock blockOf(List<Value> values) {
        List<Value[]> rows = IntStream.range(0, values.size())
                .mapToObj(i -> row(Value.of(i + 5), values.get(i)))
                .toList();
        return new RowBlock("t", RowKind.UPDATE, List.of(key("id"), set("a")), rows);
    }

    private static List<Value> column(List<Value> values) {
        return roundTrip(List.of(blockOf(values))).get(0).rows().stream()
                .map(row -> row[1])
                .toList();
    }

    private static List<RowBlock> roundTrip(List<RowBlock> blocks) {
        return Changes.decode(Changes.encode(blocks), Limits.DEFAULT);
    }
}
