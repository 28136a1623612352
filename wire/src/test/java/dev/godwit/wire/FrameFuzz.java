package dev.godwit.wire;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Frames from any bytes: openings, decisions, notices, pages with their row blocks, cuts, refusals. */
public final class FrameFuzz {
    private FrameFuzz() {}

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

    /** Whether the bytes are a frame. */
    static boolean reads(byte[] data) {
        return Fuzzing.within(data, () -> {
            Frame frame = SyncCodec.decodeFrame(data, Fuzzing.LIMITS);
            byte[] again = SyncCodec.encodeFrame(frame);
            Fuzzing.same(Plain.of(frame), Plain.of(SyncCodec.decodeFrame(again, Fuzzing.LOOSE)), data);
        });
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        Samples.frames().forEach((name, frame) -> seeds.put(name, SyncCodec.encodeFrame(frame)));
        return seeds;
    }
}
