package dev.godwit.merge;

import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a rule remembers of a cell, from any bytes: {@code j} of merged JSON, {@code s} of a set, {@code c} of a counter's resets,
 * {@code p} of a precedence. It comes out of the server's own store; damaged, it is refused and nothing worse.
 */
public final class MemoryFuzz {
    private static final CellState CELL = new CellState(5, new Stamp(50, 3), 4);

    private MemoryFuzz() {}

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

    /** Whether the bytes are such a memory. */
    static boolean reads(byte[] data) {
        if (data.length < 2) {
            return false;
        }
        Value memory = Value.of(Fuzzing.from(data, 1));
        return switch (data[0]) {
            case 'j' -> decides(new MergedJson("id"), memory, "{\"a\":{\"b\":1},\"l\":[{\"id\":1}]}", "{\"a\":{}}");
            case 's' -> decides(AddWinsSet.RULE, memory, "[1,2,\"a\"]", "[2,3]");
            case 'p' -> decides(new Precedence(List.of("done", "open")), memory, "open", "done");
            case 'c' -> counts(memory);
            default -> false;
        };
    }

    private static boolean decides(ColumnRule rule, Value memory, String stored, String incoming) {
        return decides(rule, memory, Value.of(stored), CellWrite.set(Value.of(incoming), Value.of(stored)));
    }

    private static boolean counts(Value memory) {
        boolean added = decides(Counter.RULE, memory, Value.of(7), CellWrite.add(Long.MIN_VALUE + 5));
        return decides(Counter.RULE, memory, Value.of(7), MergeServer.reset(3, Value.of(4))) && added;
    }

    private static boolean decides(ColumnRule rule, Value memory, Value stored, CellWrite write) {
        return Fuzzing.reads(() -> {
            Attempt attempt = new Attempt(stored, CELL, memory, write, Seen.of(2, 3), 9, new Stamp(90, 2));
            Verdict verdict = rule.decide(attempt);
            Fuzzing.same(verdict, rule.decide(attempt), "the same verdict twice");
            rule.seenTime(() -> memory, write, Seen.of(2, 3));
            for (long horizon : new long[] {0, 5, Long.MAX_VALUE}) {
                Value folded = rule.fold(memory, horizon);
                Fuzzing.same(folded, rule.fold(memory, horizon), "the same memory folded twice");
                rule.fold(folded, horizon);
            }
            if (verdict instanceof Verdict.Settled settled) {
                rule.fold(settled.memory(), 0);
            }
        });
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        grown(
                seeds,
                "json",
                'j',
                new MergedJson("id"),
                "{\"a\":{\"b\":1}}",
                "{\"a\":{\"b\":2,\"c\":[]}}",
                "{}",
                "{\"l\":[{\"id\":1}]}");
        grown(seeds, "set", 's', AddWinsSet.RULE, "[1]", "[1,2]", "[\"a\",false]", "[]");
        grown(seeds, "precedence", 'p', new Precedence(List.of("done", "open")), "open", "done", "open", "x");
        MergeServer counter = new MergeServer(Counter.RULE, Value.of(3));
        for (int device = 1; device <= 3; device++) {
            MergeServer.Client client = new MergeServer.Client(device, Counter.RULE, Value.of(3));
            client.add(MergeServer.reset(device, Value.of(3)), device);
            client.send().forEach(counter::push);
            seeds.put("counter-" + device, Fuzzing.seed('c', blob(counter.memory)));
        }
        return seeds;
    }

    /** Devices that know nothing of each other write one text after the other; the memory after each. */
    private static void grown(Map<String, byte[]> seeds, String name, char kind, ColumnRule rule, String... texts) {
        MergeServer server = new MergeServer(rule, Value.of(texts[0]));
        for (int device = 1; device < texts.length; device++) {
            MergeServer.Client client = new MergeServer.Client(device, rule, Value.of(texts[0]));
            client.set(Value.of(texts[device]), device);
            client.send().forEach(server::push);
            seeds.put(name + "-" + device, Fuzzing.seed(kind, blob(server.memory)));
        }
    }

    private static byte[] blob(Value memory) {
        return ((Value.BlobValue) memory).value();
    }
}
