package dev.godwit.wire;

import dev.godwit.model.Outcome;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Requests from any bytes, with the changes of their transactions, and outcomes as they are stored. */
public final class RequestFuzz {
    private static final byte OUTCOME = 'o';

    private RequestFuzz() {}

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

    /** Whether the bytes are a request, or, behind an {@code o}, an outcome. */
    static boolean reads(byte[] data) {
        return data.length > 0 && data[0] == OUTCOME ? readsOutcome(data) : readsRequest(data);
    }

    private static boolean readsRequest(byte[] data) {
        return Fuzzing.within(data, () -> {
            SyncRequest request = SyncCodec.decodeRequest(data, Fuzzing.LIMITS);
            byte[] again = SyncCodec.encodeRequest(request);
            Fuzzing.same(request, SyncCodec.decodeRequest(again, Fuzzing.LOOSE), data);
            for (PushedTransaction transaction : request.transactions()) {
                Changes.decode(transaction.changes(), Fuzzing.LIMITS);
            }
        });
    }

    private static boolean readsOutcome(byte[] data) {
        return Fuzzing.within(data, () -> {
            Outcome outcome = SyncCodec.decodeOutcome(Arrays.copyOfRange(data, 1, data.length));
            Fuzzing.same(outcome, SyncCodec.decodeOutcome(SyncCodec.encodeOutcome(outcome)), data);
        });
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("request", SyncCodec.encodeRequest(Samples.request()));
        seeds.put("request-empty", SyncCodec.encodeRequest(Samples.emptyRequest(3)));
        seeds.put("request-updates", SyncCodec.encodeRequest(Samples.statusUpdates(new Random(1), 3)));
        for (Outcome outcome : Samples.outcomes()) {
            byte[] bytes = SyncCodec.encodeOutcome(outcome);
            byte[] seed = new byte[bytes.length + 1];
            seed[0] = OUTCOME;
            System.arraycopy(bytes, 0, seed, 1, bytes.length);
            seeds.put("outcome-" + seeds.size(), seed);
        }
        return seeds;
    }
}
