package dev.godwit.merge;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.Value;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.Deflater;

/**
 * Edits and logs of texts from any bytes. {@code s} splices; {@code e} an edit as it travels; {@code l} a log; {@code c} a log whose
 * columns are given inflated, each behind a byte of length; {@code d} two texts, and the difference between them; {@code w} a
 * text and what two agents did to it without sight of each other, as splices.
 */
public final class TextFuzz {
    private static final TextLog.Bounds BOUNDS = new TextLog.Bounds(2_000, 4_000, 50, 1 << 16);

    private TextFuzz() {}

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

    /** Whether the bytes are what their first one says. */
    static boolean reads(byte[] data) {
        byte[] rest = Fuzzing.from(data, 1);
        return data.length > 0
                && Fuzzing.reads(() -> {
                    switch (data[0]) {
                        case 's' -> splices(rest);
                        case 'e' -> edit(rest);
                        case 'l' -> log(rest);
                        case 'c' -> log(deflated(rest));
                        case 'd' -> difference(rest);
                        case 'w' -> concurrent(rest);
                        default -> throw new IllegalArgumentException("no kind");
                    }
                });
    }

    private static void splices(byte[] bytes) {
        List<Splice> splices = SpliceCodec.decode(bytes, bytes.length);
        Fuzzing.holds(Arrays.equals(bytes, SpliceCodec.encode(splices)), "a list of splices has one form");
        applied("some text \ud83d\ude00 of words", splices);
    }

    private static String applied(String text, List<Splice> splices) {
        String after = Splice.apply(text, splices);
        Fuzzing.same(-1, Splice.loneSurrogate(after), "half a surrogate pair");
        int growth = splices.stream().mapToInt(Splice::growth).sum();
        Fuzzing.same(text.length() + growth, after.length(), "length");
        return after;
    }

    private static void edit(byte[] bytes) {
        TextEdit edit = TextEdit.decode(Value.of(bytes));
        Fuzzing.same(Value.of(bytes), edit.encode(), "an edit has one form");
        if (edit.length() >= 0 && edit.length() <= 1_000) {
            Value before = Value.of("x".repeat(edit.length()));
            Fuzzing.same(edit.applyTo(before), edit.applyTo(before), "applied twice");
        }
    }

    private static void log(byte[] bytes) {
        List<TextEvent> events = TextLog.decode(bytes, BOUNDS);
        Fuzzing.holds(events.size() <= BOUNDS.events(), "more events than are allowed");
        Fuzzing.same(events, TextLog.decode(TextLog.encode(events), BOUNDS), "written and read again");
        if (events.size() <= 200) {
            String start = "the text that everybody has seen";
            List<List<Splice>> replayed = TextWalk.replay(start.length(), events);
            Fuzzing.same(replayed, TextWalk.replay(start.length(), events), "replayed twice");
            int length = start.length();
            for (List<Splice> splices : replayed) {
                for (Splice splice : splices) {
                    Fuzzing.holds(splice.at() + splice.deleted() <= length, "a splice outside the text");
                    length += splice.growth();
                }
            }
        }
    }

    private static byte[] deflated(byte[] plain) {
        PackedWriter log = new PackedWriter();
        log.number(TextLog.FORMAT);
        int at = 0;
        for (int column = -1; column < TextLog.COLUMNS; column++) {
            int length = at < plain.length ? Math.min(plain[at] & 0xff, plain.length - at - 1) : 0;
            byte[] bytes =
                    Arrays.copyOfRange(plain, Math.min(at + 1, plain.length), Math.min(at + 1, plain.length) + length);
            at += 1 + length;
            if (column < 0) {
                log.number(length);
                for (byte distance : bytes) {
                    log.signed(distance);
                }
            } else {
                log.number(length);
                log.block(deflate(bytes));
            }
        }
        return log.toBytes();
    }

    private static byte[] deflate(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(plain);
            deflater.finish();
            byte[] buffer = new byte[1_024];
            return Arrays.copyOf(buffer, deflater.deflate(buffer));
        } finally {
            deflater.end();
        }
    }

    private static void difference(byte[] bytes) {
        List<String> texts = Fuzzing.texts(bytes, 0, 2);
        List<Splice> splices = TextDiff.between(texts.get(0), texts.get(1));
        Fuzzing.same(texts.get(1), Splice.apply(texts.get(0), splices), "the other text");
        Fuzzing.same(
                splices, SpliceCodec.decode(SpliceCodec.encode(splices), Integer.MAX_VALUE), "written and read again");
    }

    /** Whoever of the two comes first, the text is the same. */
    private static void concurrent(byte[] bytes) {
        List<String> texts = Fuzzing.texts(bytes, 0, 3);
        String base = texts.get(0);
        TextEvent one = new TextEvent(1, 1, VersionVector.none(), TextDiff.between(base, texts.get(1)));
        TextEvent other = new TextEvent(2, 1, VersionVector.none(), TextDiff.between(base, texts.get(2)));
        String merged = merged(base, one, other);
        Fuzzing.same(merged, merged(base, other, one), "two orders of arrival");
        if (texts.get(1).equals(base)) {
            Fuzzing.same(texts.get(2), merged, "one side only");
        }
    }

    private static String merged(String base, TextEvent first, TextEvent second) {
        String after = applied(base, first.splices());
        return applied(after, TextWalk.transform(base.length(), List.of(first), second));
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        List<Splice> typed = List.of(new Splice(3, 0, "é"), new Splice(4, 2, ""), new Splice(0, 1, "\ud83d\ude00"));
        seeds.put("splices", Fuzzing.seed('s', SpliceCodec.encode(typed)));
        seeds.put("edit", Fuzzing.seed('e', edit(new TextEdit(null, 20, false, typed))));
        Checkpoint base = new Checkpoint(new UUID(1, 2), 7);
        seeds.put("edit-base", Fuzzing.seed('e', edit(new TextEdit(base, 3, true, List.of(new Splice(0, 3, ""))))));
        for (int seed = 1; seed <= 4; seed++) {
            RandomTexts texts = RandomTexts.of(new Random(seed), seed, 6 * seed, seed % 2 == 0);
            List<TextEvent> onBase = new java.util.ArrayList<>();
            onBase.addAll(texts.events);
            seeds.put("log-" + seed, Fuzzing.seed('l', TextLog.encode(onBase)));
        }
        seeds.put("columns", Fuzzing.seed('c', columns()));
        seeds.put(
                "difference",
                Fuzzing.seed('d', "the quick fox", "the slow \ud83e\udd8a foxes")
                        .clone());
        seeds.put("difference-lines", Fuzzing.seed('d', "a\nb\nc\nd\n", "b\nc\nx\nd\n"));
        seeds.put("concurrent", Fuzzing.seed('w', "shopping: milk", "shopping: oat milk", "shop: milk, tea"));
        seeds.put("concurrent-same", Fuzzing.seed('w', "ab", "axb", "ayb"));
        seeds.put("concurrent-gone", Fuzzing.seed('w', "all of it", "", "all of this"));
        return seeds;
    }

    private static byte[] edit(TextEdit edit) {
        return ((Value.BlobValue) edit.encode()).value();
    }

    /** Two agents; one types five letters, the other, who has seen them, erases two. */
    private static byte[] columns() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] column : new byte[][] {
            {1, 2},
            {0, 1, 5, 4, 1, 2},
            {8 * 4, 8 + SpliceRun.UNIT_ERASED},
            {0, 0},
            {},
            "hello".getBytes(StandardCharsets.US_ASCII)
        }) {
            out.write(column.length);
            out.writeBytes(column);
        }
        return out.toByteArray();
    }
}
