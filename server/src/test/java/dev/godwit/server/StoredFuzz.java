package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.merge.Splice;
import dev.godwit.merge.SpliceCodec;
import dev.godwit.model.Key;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import dev.godwit.server.StoreMemory.LoggedEdit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server has stored, from any bytes: {@code k} a key, {@code g} the cell states of a row, {@code t} a block of edits of a
 * text. Damaged, it is refused by name, and no number in it makes an array of its size.
 */
public final class StoredFuzz {
    private static final int MOST = 1 << 16;
    private static final long COMMIT = 1_000;

    private StoredFuzz() {}

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
        byte[] rest = Arrays.copyOfRange(data, Math.min(1, data.length), data.length);
        return switch (data.length == 0 ? 0 : data[0]) {
            case 'k' -> key(rest);
            case 'g' -> groups(rest);
            case 't' -> block(rest);
            default -> false;
        };
    }

    private static boolean key(byte[] bytes) {
        Key key;
        try {
            key = KeyCodec.decode(bytes);
        } catch (IllegalArgumentException refused) {
            return false;
        }
        byte[] again = KeyCodec.encode(key);
        same(key, KeyCodec.decode(again));
        same(Arrays.toString(again), Arrays.toString(KeyCodec.encode(KeyCodec.decode(again))));
        return true;
    }

    private static boolean groups(byte[] bytes) {
        CellGroups.Row row;
        try {
            row = CellGroups.decode(COMMIT, bytes);
        } catch (IllegalStateException refused) {
            return isNamed(refused);
        }
        same(row, CellGroups.decode(COMMIT, CellGroups.encode(COMMIT, row)));
        return true;
    }

    private static boolean block(byte[] bytes) {
        List<LoggedEdit> edits;
        try {
            edits = TextBlocks.decode(bytes, MOST);
        } catch (IllegalStateException refused) {
            return isNamed(refused);
        }
        if (edits.stream().allMatch(edit -> edit.length() >= 0)) {
            same(said(edits), said(TextBlocks.decode(TextBlocks.encode(edits), 2 * MOST)));
        }
        return true;
    }

    private static boolean isNamed(IllegalStateException refused) {
        same(true, String.valueOf(refused.getMessage()).startsWith("broken store: "));
        return false;
    }

    private static String said(List<LoggedEdit> edits) {
        StringBuilder said = new StringBuilder();
        for (LoggedEdit edit : edits) {
            said.append(edit.commit())
                    .append(' ')
                    .append(edit.writer())
                    .append(' ')
                    .append(edit.base());
            said.append(' ').append(edit.length()).append(Arrays.toString(edit.splices()));
        }
        return said.toString();
    }

    private static void same(Object first, Object second) {
        if (!first.equals(second)) {
            throw new AssertionError("written and read again it differs: " + first + "; " + second);
        }
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (Key key : List.of(
                Key.of(Value.of(-5)),
                Key.of(Value.of(Long.MIN_VALUE), Value.of(0.1)),
                Key.of(Value.of("é\u0000"), Value.of(new byte[] {0, -1})),
                Key.of(Value.of("0198c2a0-0000-7000-8000-0123456789ab")))) {
            seeds.put("key-" + seeds.size(), seed('k', KeyCodec.encode(key)));
        }
        CellState old = new CellState(3, new Stamp(77, 1), 0);
        CellState late = new CellState(COMMIT, new Stamp(1L << 40, 9), 998);
        seeds.put("groups-one", seed('g', CellGroups.encode(COMMIT, CellGroups.Row.of(List.of(old, old, old)))));
        seeds.put(
                "groups",
                seed('g', CellGroups.encode(COMMIT, CellGroups.Row.of(List.of(old, late, old, RowMeta.NEVER)))));
        for (int count : new int[] {1, 8, 40}) {
            List<LoggedEdit> edits = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] splices = SpliceCodec.encode(List.of(new Splice(i, i % 3, "ab".repeat(i % 2))));
                edits.add(new LoggedEdit(10 + 2L * i, 1 + i % 3, 9 + i, 50 + i, splices));
            }
            seeds.put("block-" + count, seed('t', TextBlocks.encode(edits)));
        }
        return seeds;
    }

    private static byte[] seed(char kind, byte[] rest) {
        byte[] seed = new byte[rest.length + 1];
        seed[0] = (byte) kind;
        System.arraycopy(rest, 0, seed, 1, rest.length);
        return seed;
    }
}
