package dev.godwit.wire;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Any row blocks, with a liking for the edges; and what was reached, for the test to assert. */
final class RandomBlocks {

    private static final String[] TEXTS = {
        "",
        " ",
        "\u0000",
        "a\u0000b",
        "😀",
        "ü",
        "\uFFFD",
        "e\u0301",
        "NULL",
        "0",
        "-0.0",
        "𝄞𝄞",
        "\u007f\u0080\u07ff\u0800\uffff"
    };
    private static final long[] LONGS = {
        0, 1, -1, 63, 64, -64, -65, 127, 128, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final double[] DOUBLES = {
        0.0, -0.0, 0.1, Double.MIN_VALUE, Double.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1.0
    };

    private final Random random;
    private final Set<Value.Kind> kinds = EnumSet.noneOf(Value.Kind.class);
    private final Set<RowKind> rowKinds = EnumSet.noneOf(RowKind.class);
    private static final ColumnRole[] WRITING = {
        ColumnRole.SET, ColumnRole.SET, ColumnRole.SET, ColumnRole.ADD, ColumnRole.RESET, ColumnRole.EDIT
    };

    private final Set<ColumnRole> roles = EnumSet.noneOf(ColumnRole.class);

    RandomBlocks(Random random) {
        this.random = random;
    }

    boolean reachedEverything() {
        return kinds.size() == Value.Kind.values().length
                && rowKinds.size() == RowKind.values().length
                && roles.size() == ColumnRole.values().length;
    }

    List<RowBlock> blocks() {
        List<RowBlock> blocks = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            blocks.add(block());
        }
        return blocks;
    }

    private RowBlock block() {
        RowKind kind = RowKind.values()[random.nextInt(4)];
        rowKinds.add(kind);
        List<BlockColumn> columns = columns(kind);
        int count = random.nextInt(5) == 0 ? random.nextInt(3) : random.nextInt(400);
        List<Value[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Value[columns.size()]);
        }
        for (int place = 0; place < columns.size(); place++) {
            fill(rows, place, columns.get(place).role());
        }
        return new RowBlock("table " + random.nextInt(3), kind, columns, rows);
    }

    private List<BlockColumn> columns(RowKind kind) {
        List<BlockColumn> columns = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            columns.add(new BlockColumn("key" + i, ColumnRole.KEY));
        }
        if (kind == RowKind.INSERT || kind == RowKind.UPDATE) {
            for (int i = random.nextInt(8); i > 0; i--) {
                columns.add(new BlockColumn("Ü" + i, WRITING[random.nextInt(WRITING.length)]));
            }
            List<BlockColumn> bases = columns.stream()
                    .filter(column -> column.role().writes() && random.nextInt(3) == 0)
                    .map(column -> new BlockColumn(column.name(), ColumnRole.BASE))
                    .toList();
            columns.addAll(bases);
        }
        columns.forEach(column -> roles.add(column.role()));
        return columns;
    }

    /** A column draws from a small or a large set of values, of one kind or of several. */
    private void fill(List<Value[]> rows, int place, ColumnRole role) {
        int distinct = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : Integer.MAX_VALUE;
        int onlyKind = random.nextInt(3) == 0 ? -1 : random.nextInt(6);
        List<Value> drawn = new ArrayList<>();
        for (Value[] row : rows) {
            if (drawn.size() < distinct) {
                drawn.add(value(role, onlyKind));
                row[place] = drawn.get(drawn.size() - 1);
            } else {
                row[place] = drawn.get(random.nextInt(drawn.size()));
            }
            kinds.add(row[place].kind());
        }
    }

    private Value value(ColumnRole role, int onlyKind) {
        int kind = switch (role) {
            case ADD, RESET -> 1;
            case EDIT -> 4;
            default -> onlyKind < 0 ? random.nextInt(6) : onlyKind;
        };
        return switch (kind) {
            case 0 -> role == ColumnRole.KEY ? Value.of("not null") : Value.NULL;
            case 1 -> Value.of(integer());
            case 2 -> Value.of(random.nextBoolean() ? DOUBLES[random.nextInt(DOUBLES.length)] : random.nextGaussian());
            case 3 -> Value.of(random.nextBoolean() ? TEXTS[random.nextInt(TEXTS.length)] : "t" + random.nextLong());
            case 4 -> Value.of(blob());
            default -> Value.of(uuidOrSo());
        };
    }

    private long integer() {
        return switch (random.nextInt(3)) {
            case 0 -> LONGS[random.nextInt(LONGS.length)];
            case 1 -> random.nextLong();
            default -> random.nextInt(1000);
        };
    }

    private byte[] blob() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String uuidOrSo() {
        String text = Samples.uuid(random).toString();
        return switch (random.nextInt(6)) {
            case 0 -> text.toUpperCase(java.util.Locale.ROOT);
            case 1 -> text.replace('-', '_');
            case 2 -> text.substring(1) + "\u0661";
            default -> text;
        };
    }
}
