package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Logs built byte by byte: each says one thing that cannot be, in an otherwise good log. */
class TextLogBytesTest {
    private static final HexFormat HEX = HexFormat.of();
    /** Agent 2 inserts "hé" at 0; agent 5, who has seen nothing, "x" at 0 and then "y" for the two units after it. */
    private static final List<String> GOOD = List.of("000101030201", "010006", "000300", "020201", "68c3a97879");

    private static final String GOOD_AGENTS = "020406";

    private static byte[] log(String agents, List<String> columns) {
        StringBuilder hex = new StringBuilder("01").append(agents);
        for (String column : columns) {
            byte[] deflated = deflated(HEX.parseHex(column));
            hex.append(byteOf(column.length() / 2))
                    .append(byteOf(deflated.length))
                    .append(HEX.formatHex(deflated));
        }
        return HEX.parseHex(hex);
    }

    private static String byteOf(int number) {
        return HEX.toHexDigits((byte) number);
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(bytes);
        deflater.finish();
        byte[] result = new byte[100];
        int length = deflater.deflate(result);
        deflater.end();
        return Arrays.copyOf(result, length);
    }

    private static byte[] with(int column, String hex) {
        return with(GOOD_AGENTS, column, hex);
    }

    private static byte[] with(String agents, int column, String hex) {
        List<String> columns = new ArrayList<>(GOOD);
        columns.set(column, hex);
        return log(agents, columns);
    }

    private static List<TextEvent> decode(byte[] bytes) {
        return TextLog.decode(bytes, new TextLog.Bounds(100, 100, 10, 1_000));
    }

    private static void refused(byte[] bytes, String message) {
        assertThatThrownBy(() -> decode(bytes))
                .as(HEX.formatHex(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theGoodLogIsRead() {
        assertThat(decode(log(GOOD_AGENTS, GOOD)))
                .containsExactly(
                        new TextEvent(2, 1, VersionVector.none(), List.of(new Splice(0, 0, "hé"))),
                        new TextEvent(
                                5, 1, VersionVector.none(), List.of(new Splice(0, 0, "x"), new Splice(1, 2, "y"))));
    }

    @Test
    void groupsThatCannotBeAreRefused() {
        refused(with(TextLog.GROUPS, "000100030201"), "a group of 0 events");
        refused(with(TextLog.GROUPS, "000101060201"), "the number 6, at most 5");
        refused(with(TextLog.GROUPS, "0001010502020100"), "a group of 2 events");
        refused(with(TextLog.GROUPS, "00010105020101" + "02" + "02"), "the number 2, at most 1");
        refused(with(TextLog.GROUPS, "00010105020101" + "00" + "01"), "count = -1 of agent 2");
        refused(with(TextLog.GROUPS, "00010105020101" + "01" + "feffffffffffffffff01"), "seq = " + Long.MIN_VALUE);
        refused(with(TextLog.GROUPS, "0001010302"), "the end too early");
        refused(with("00", TextLog.GROUPS, "000101"), "a group of 1 events");
        refused(with("020400", TextLog.TEXT, "68c3a97879"), "agents out of order");
        refused(with("020401", TextLog.TEXT, "68c3a97879"), "agents out of order");
    }

    @Test
    void runsThatCannotBeAreRefused() {
        refused(with(TextLog.RUNS, "010007"), "a run of 1 of kind 7");
        refused(with(TextLog.RUNS, "01000e"), "a run of 2 of kind 6");
        refused(with(TextLog.RUNS, "01000600"), "more than there should be");
        refused(with(TextLog.RUNS, "0100"), "the end too early");
        // One event with one splice: a run of two deletions, and one letter with two of text.
        refused(log(GOOD_AGENTS, List.of("000101", "0a", "00", "", "")), "more splices than the events have");
        refused(log(GOOD_AGENTS, List.of("000101", "00", "00", "", "6162")), "more splices than the events have");
    }

    @Test
    void placesAndSizesThatCannotBeAreRefused() {
        refused(with(TextLog.PLACES, "010300"), "a splice -1 from 0");
        refused(with(TextLog.PLACES, "feffffff1f0300"), "from 0");
        refused(with(TextLog.PLACES, "00030000"), "more than there should be");
        // Two splices: each deletes the unit before, from place 1; the second would be at -1.
        refused(log(GOOD_AGENTS, List.of("000201", "0c", "02", "", "")), "a splice at -1");
        // Each inserts two behind the other, from the last place of all on.
        refused(log(GOOD_AGENTS, List.of("000201", "09", "feffffff0f", "02", "61626364")), "a splice at 2147483649");
        refused(with(TextLog.SIZES, "0202ffffffff07"), "inserts to");
        refused(with(TextLog.SIZES, "020203"), "inserts to 6 of 4");
        refused(with(TextLog.SIZES, "02020100"), "more than there should be");
        refused(with(TextLog.TEXT, "68c3a9787900"), "more splices than the events have");
        refused(with(TextLog.TEXT, "68c3787879"), "not UTF-8");
    }

    @Test
    void columnsThatAreNotOfTheirLengthAreRefused() {
        byte[] good = log(GOOD_AGENTS, GOOD);
        int column = 4;
        assertThat(good[column]).isEqualTo((byte) 6);
        for (int length : new int[] {0, 5, 7, 100}) {
            byte[] wrong = good.clone();
            wrong[column] = (byte) length;
            refused(wrong, "not of its length");
        }
        String hex = HEX.formatHex(good);
        int size = good[column + 1];
        String longer = hex.substring(0, 10) + byteOf(size + 1) + hex.substring(12, 12 + 2 * size) + "00"
                + hex.substring(12 + 2 * size);
        refused(HEX.parseHex(longer), "not of its length");
        String shorter = hex.substring(0, 10)
                + byteOf(size - 1)
                + hex.substring(12, 10 + 2 * size)
                + hex.substring(12 + 2 * size);
        refused(HEX.parseHex(shorter), "not of its length");
        String other = hex.substring(0, 12) + "ff".repeat(size) + hex.substring(12 + 2 * size);
        refused(HEX.parseHex(other), "not deflated");
        refused(HEX.parseHex("02" + hex.substring(2)), "another format");
    }
}
