package dev.godwit.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.CellState;
import dev.godwit.model.Stamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CellGroupsTest {
    /** 2026-11-21T12:00Z, 0x32_9f93_5e00 milliseconds after 2020. */
    private static final long NOVEMBER = 1_795_262_400_000L;

    private static final long LAST_MILLIS = (1L << 48) - 1;

    private static String hex(long commit, CellGroups.Row row) {
        return HexFormat.of().formatHex(CellGroups.encode(commit, row));
    }

    private static CellState cell(long commit, long millis, long counter, long writer, long other) {
        return new CellState(commit, new Stamp(Stamp.time(millis, counter), writer), other);
    }

    private static CellGroups.Row same(int width, CellState cell) {
        return CellGroups.Row.of(Collections.nCopies(width, cell));
    }

    @Test
    void commonRowTakesSevenBytes() {
        // 8 columns; writer 3 twice; the time
        assertThat(hex(70_000, same(8, cell(70_000, NOVEMBER, 0, 3, 0)))).isEqualTo("08" + "06" + "329f935e00");
        assertThat(hex(70_000, same(62, cell(70_000, NOVEMBER, 0, 63, 0)))).isEqualTo("3e" + "7e" + "329f935e00");
    }

    @Test
    void otherRowsAreStoredAsDocumented() {
        CellState first = cell(70, NOVEMBER, 0, 3, 0);
        assertThat(hex(70, same(8, cell(70, NOVEMBER, 300, 3, 0)))).isEqualTo("08" + "07" + "329f935e00" + "ac02");
        assertThat(hex(70, same(2, cell(70, 0, 0, 3, 0)))).isEqualTo("02" + "06" + "ffffffffff" + "000000000000");
        assertThat(hex(70, new CellGroups.Row(true, 5, new CellGroups.Birth(1, 9, 300), Collections.nCopies(2, first))))
                .isEqualTo("c2" + "03" + "05" + "0109ac02" + "06329f935e00");
        assertThat(hex(
                        72,
                        new CellGroups.Row(
                                false, 2, null, List.of(first, RowMeta.NEVER, cell(72, NOVEMBER, 1, 4, 70)))))
                .as("two groups; the second column was never written")
                .isEqualTo("43" + "05" + "02" + "01" + "02" + "00" + "06329f935e00" + "04" + "00" + "03"
                        + "09329f935e0001");
    }

    /** Where the first byte, a varint or the set of columns gets longer. */
    @Test
    void everyWidthComesBack() {
        for (int width = 1; width <= 300; width++) {
            CellState cell = cell(9, NOVEMBER, 0, 1, 0);
            byte[] plain = CellGroups.encode(9, same(width, cell));
            int more = width < 63 ? 0 : width < 63 + 128 ? 1 : 2;
            assertThat(plain).as("width " + width).hasSize(7 + more);
            assertThat(plain[0]).isNotNegative();
            assertThat(CellGroups.decode(9, plain)).isEqualTo(same(width, cell));
            List<CellState> cells = new ArrayList<>(Collections.nCopies(width, cell));
            cells.set(width - 1, cell(8, NOVEMBER, 1, 2, 7));
            CellGroups.Row gone = new CellGroups.Row(true, 0, null, cells);
            byte[] apart = CellGroups.encode(9, gone);
            assertThat(apart[0]).as("what SQL takes for a tombstone").isNegative();
            assertThat(CellGroups.decode(9, apart)).as("width " + width).isEqualTo(gone);
        }
    }

    @Test
    void stampsAtTheEdgesOfTheirRangesComeBack() {
        long last = CellGroups.EPOCH + (1L << 40) - 2;
        for (long millis : new long[] {
            0, 1, CellGroups.EPOCH - 1, CellGroups.EPOCH, NOVEMBER, last, last + 1, last + 2, LAST_MILLIS
        }) {
            for (long counter : new long[] {0, 1, 127, 128, 65_535}) {
                for (long writer : new long[] {0, 63, 64, Long.MAX_VALUE}) {
                    CellGroups.Row row = same(3, cell(5, millis, counter, writer, 0));
                    assertThat(CellGroups.decode(5, CellGroups.encode(5, row)))
                            .as(millis + "/" + counter + " by " + writer)
                            .isEqualTo(row);
                }
            }
        }
    }

    /** {@code -Dseed=…} replays one row. */
    @Test
    void rowsComeBackAsTheyWere() {
        String chosen = System.getProperty("seed", "");
        long first = chosen.isEmpty() ? 1 : Long.parseLong(chosen);
        long last = chosen.isEmpty() ? 20_000 : first;
        TreeMap<Integer, Integer> reached = new TreeMap<>();
        for (long seed = first; seed <= last; seed++) {
            Random random = new Random(seed);
            long commit = 1 + number(random) % (1L << 62);
            CellGroups.Row row = row(random, commit);
            byte[] bytes = CellGroups.encode(commit, row);
            assertThat(CellGroups.decode(commit, bytes)).as("-Dseed=" + seed).isEqualTo(row);
            assertThat(bytes[0] < 0).as("tombstone, -Dseed=" + seed).isEqualTo(row.deleted());
            reached.merge(flags(bytes), 1, Integer::sum);
        }
        if (chosen.isEmpty()) {
            assertThat(reached).as("every combination of flags").hasSize(8);
            assertThat(reached.values()).allMatch(n -> n > 100);
        }
    }

    private static int flags(byte[] bytes) {
        boolean wide = (bytes[0] & 0x3f) == 0x3f;
        return (bytes[0] & 0x40) == 0 ? 0 : bytes[wide ? bytes[1] < 0 ? 3 : 2 : 1];
    }

    /** Of any magnitude, not negative. */
    private static long number(Random random) {
        return random.nextLong() >>> 1 + random.nextInt(63);
    }

    private static CellGroups.Row row(Random random, long commit) {
        List<CellState> kinds = new ArrayList<>(List.of(RowMeta.NEVER));
        for (int i = random.nextInt(6); i >= 0; i--) {
            kinds.add(new CellState(
                    random.nextBoolean() ? commit : number(random) % (commit + 1),
                    new Stamp(random.nextInt(3) == 0 ? random.nextLong() : time(random), number(random)),
                    random.nextBoolean() ? 0 : number(random) % (commit + 1)));
        }
        int width = 1 + random.nextInt(random.nextInt(4) == 0 ? 180 : 12);
        List<CellState> cells = new ArrayList<>();
        CellState everywhere = cell(commit, NOVEMBER, random.nextInt(2), number(random), 0);
        boolean plain = random.nextBoolean();
        for (int i = 0; i < width; i++) {
            cells.add(plain ? everywhere : kinds.get(random.nextInt(kinds.size())));
        }
        return new CellGroups.Row(
                random.nextBoolean(),
                random.nextBoolean() ? 0 : number(random),
                random.nextBoolean() ? null : new CellGroups.Birth(number(random), number(random), number(random)),
                cells);
    }

    private static long time(Random random) {
        return Stamp.time(NOVEMBER + random.nextInt(), random.nextInt(2) * random.nextInt(65_536));
    }
}
