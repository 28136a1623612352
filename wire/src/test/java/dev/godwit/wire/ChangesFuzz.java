package dev.godwit.wire;

import dev.godwit.model.RowBlock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Row blocks from any bytes: every coding of a column. What is read is written and read again as it was. */
public final class ChangesFuzz {
    private ChangesFuzz() {}

    /** Called by the fuzzer before the first input: what loads classes does not count as an input's time. */
    public static void fuzzerInitialize() {
        for (byte[] seed : seeds().values()) {
            reads(seed);
            reads(Arrays.copyOf(seed, seed.length / 2));
        }
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        reads(data);
    }

    /** Whether the bytes are row blocks. */
    static boolean reads(byte[] data) {
        return Fuzzing.within(data, () -> {
            List<RowBlock> blocks = Changes.decode(data, Fuzzing.LIMITS);
            byte[] again = Changes.encode(blocks);
            Fuzzing.same(Plain.of(blocks), Plain.of(Changes.decode(again, Fuzzing.LOOSE)), data);
            Fuzzing.same(Bytes.of(again), Bytes.of(Changes.encode(blocks)), data);
        });
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("empty", Changes.encode(List.of()));
        for (RowBlock block : Samples.blocks()) {
            seeds.put("block-" + seeds.size(), Changes.encode(List.of(block)));
        }
        seeds.put("work-orders", Changes.encode(List.of(Samples.workOrders(new Random(1), 5))));
        for (RowBlock block : new RandomBlocks(new Random(1)).blocks()) {
            byte[] bytes = Changes.encode(List.of(block));
            if (bytes.length <= 2_000) {
                seeds.put("random-" + seeds.size(), bytes);
            }
        }
        return seeds;
    }
}
