package dev.godwit.merge;

import dev.godwit.model.Column;
import dev.godwit.model.ColumnOptions;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Documents that come from any bytes: {@code j} merged JSON with a key for its arrays, {@code k} without, {@code s} sets of
 * scalars, {@code t} values merged three ways. A base and the two texts that two devices made of it without sight of each other.
 */
public final class DocumentFuzz {
    private DocumentFuzz() {}

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

    /** Whether all three are what the column takes. */
    static boolean reads(byte[] data) {
        if (data.length == 0) {
            return false;
        }
        List<String> texts = Fuzzing.texts(data, 1, 3);
        Value base = value(texts.get(0));
        Value one = value(texts.get(1));
        Value other = value(texts.get(2));
        return switch (data[0]) {
            case 'j' -> merges(column(MergeWord.MERGED_JSON, "id"), base, one, other);
            case 'k' -> merges(column(MergeWord.MERGED_JSON, null), base, one, other);
            case 's' -> merges(column(MergeWord.ADD_WINS_SET, null), base, one, other);
            case 't' -> threeWays(base, one, other);
            default -> false;
        };
    }

    /** An empty text stands for NULL, so that the fuzzer reaches it. */
    private static Value value(String text) {
        return text.isEmpty() ? Value.NULL : Value.of(text);
    }

    private static Column column(MergeWord word, @org.jspecify.annotations.Nullable String key) {
        return new Column("c", "text", word, "BINARY", false, new ColumnOptions(List.of(), key, false));
    }

    private static boolean merges(Column column, Value base, Value one, Value other) {
        boolean taken = takes(column, base) & takes(column, one) & takes(column, other);
        ColumnRule rule = ColumnRule.of(column);
        Value first = pushed(rule, column, base, one, other);
        Value second = pushed(rule, column, base, other, one);
        if (taken) {
            Fuzzing.same(first, second, "two orders of arrival");
        }
        return taken;
    }

    /** Whether a column takes a value; its canonical form is then a fixed point. */
    private static boolean takes(Column column, Value value) {
        Optional<String> complaint = Wellformed.complaint(column, value);
        boolean canonical = Fuzzing.reads(() -> {
            Value form = Wellformed.canonical(column, value);
            Fuzzing.same(form, Wellformed.canonical(column, form), "canonical again");
            Fuzzing.same(Optional.empty(), Wellformed.complaint(column, form), "complaint about a canonical form");
        });
        Fuzzing.same(complaint.isEmpty(), canonical, "complaint and canonical form of " + value);
        return canonical;
    }

    /** Two devices that had seen the base push in this order; the writer of the smaller text is the earlier one. */
    private static Value pushed(ColumnRule rule, Column column, Value base, Value first, Value second) {
        MergeServer server = new MergeServer(rule, base);
        for (Value text : List.of(first, second)) {
            long writer = text.toString().compareTo((text == first ? second : first).toString()) < 0 ? 1 : 2;
            MergeServer.Client client = new MergeServer.Client(writer, rule, base);
            client.set(text, 10 * writer);
            Value shown = client.shown();
            Fuzzing.same(shown, client.shown(), "the same prediction twice");
            client.send().forEach(server::push);
            Verdict verdict = server.log.get(server.log.size() - 1).verdict();
            Fuzzing.same(
                    Wellformed.complaint(column, text).isEmpty(),
                    verdict instanceof Verdict.Settled,
                    "a well-formed write is settled, any other refused: " + verdict);
            if (verdict instanceof Verdict.Settled) {
                Fuzzing.same(Optional.empty(), Wellformed.complaint(column, server.value), "complaint about a result");
            }
            Value memory = server.memory;
            server.fold(0);
            Fuzzing.same(memory, server.memory, "what is remembered when nobody is forgotten");
        }
        Value merged = server.value;
        server.fold(2);
        Fuzzing.same(Value.NULL, server.memory, "what is remembered when all have seen all");
        return merged;
    }

    private static boolean threeWays(Value base, Value ours, Value theirs) {
        ThreeWayMerge.Result merged = ThreeWayMerge.merge(base, ours, theirs);
        Fuzzing.same(merged, ThreeWayMerge.merge(base, ours, theirs), "the same merge twice");
        ThreeWayMerge.Result turned = ThreeWayMerge.merge(base, theirs, ours);
        Fuzzing.same(merged.clean(), turned.clean(), "clean from both sides");
        if (merged.clean()) {
            Fuzzing.same(merged.value(), turned.value(), "merged from both sides");
        }
        Fuzzing.same(ours, ThreeWayMerge.merge(base, ours, base).value(), "one side only");
        Fuzzing.same(ours, ThreeWayMerge.merge(base, base, ours).value(), "the other side only");
        return true;
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        String object = "{\"a\":1,\"b\":{\"c\":[1,2.5e3]},\"n\":null}";
        seeds.put("json", Fuzzing.seed('j', object, "{\"a\":2,\"b\":{}}", "{\"a\":1,\"b\":{\"c\":7,\"d\":\"x\"}}"));
        seeds.put("json-new", Fuzzing.seed('k', "", "{\"a\":true}", "[]"));
        seeds.put("json-gone", Fuzzing.seed('k', object, "", "{\"b\":{\"c\":false,\"\\u00e9\\n\":1}}"));
        seeds.put(
                "json-keyed",
                Fuzzing.seed(
                        'j',
                        "[{\"id\":1,\"t\":\"a\"},{\"id\":\"2\"}]",
                        "[{\"id\":1,\"t\":\"b\"}]",
                        "[{\"id\":\"2\",\"u\":0},{\"id\":1,\"t\":\"a\"},{\"id\":3}]"));
        seeds.put("set", Fuzzing.seed('s', "[1,\"a\",true]", "[1,\"b\"]", "[\"a\",1e0,2,false]"));
        seeds.put("set-new", Fuzzing.seed('s', "", "[]", "[0.10,\"\\ud83d\\ude00\"]"));
        seeds.put("lines", Fuzzing.seed('t', "a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\nd"));
        seeds.put("lines-clash", Fuzzing.seed('t', "a\nb", "a\nx", "a\ny\r\n"));
        seeds.put("three-json", Fuzzing.seed('t', object, "{\"a\":1,\"b\":0}", "{\"a\":2,\"b\":{\"c\":[1,2.5e3]}}"));
        seeds.put("three-arrays", Fuzzing.seed('t', "[1,2,3]", "[1,2,3,4]", "[0,1,3]"));
        return seeds;
    }
}
