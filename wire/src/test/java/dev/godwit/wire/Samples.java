package dev.godwit.wire;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Pace;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Messages to test with: one small one of every sort, and realistic large ones. */
final class Samples {

    static final UUID TIMELINE = UUID.fromString("0198c2a0-1111-4222-8333-444455556666");
    static final DeviceId DEVICE = new DeviceId(UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"));
    static final long MILLIS = 1_763_700_000_000L;

    private static final String[] STATUS = {"open", "assigned", "done"};

    private Samples() {}

    static Checkpoint at(long commit) {
        return new Checkpoint(TIMELINE, commit);
    }

    static TransactionId id(int number) {
        return TransactionId.of(
                MILLIS + number, new UUID(0x1234_5678_9abcL * (number + 1), 0x0fed_cba9L * (number + 1)));
    }

    static RowBlock block(String table, RowKind kind, List<BlockColumn> columns, Value[]... rows) {
        return new RowBlock(table, kind, columns, List.of(rows));
    }

    static BlockColumn key(String name) {
        return new BlockColumn(name, ColumnRole.KEY);
    }

    static BlockColumn set(String name) {
        return new BlockColumn(name, ColumnRole.SET);
    }

    static BlockColumn add(String name) {
        return new BlockColumn(name, ColumnRole.ADD);
    }

    static Value[] row(Value... values) {
        return values;
    }

    /** A few blocks in which every kind of value, every role and every coding of a column appears. */
    static List<RowBlock> blocks() {
        Value uuid = Value.of("0198c2a0-0000-7000-8000-0123456789ab");
        return List.of(
                block(
                        "work_order",
                        RowKind.INSERT,
                        List.of(key("id"), set("status"), set("note"), set("score"), set("team")),
                        row(uuid, Value.of("open"), Value.NULL, Value.of(0.1), Value.of("north")),
                        row(Value.of("b"), Value.of("open"), Value.of("ü\u0000😀"), Value.of(-0.0), Value.of("north")),
                        row(
                                Value.of(""),
                                Value.of("done"),
                                Value.of(new byte[] {0, -1}),
                                Value.of(7),
                                Value.of("north")),
                        row(Value.of("d"), Value.of("open"), Value.of(uuid.asText()), Value.NULL, Value.of("north"))),
                block(
                        "stock",
                        RowKind.UPDATE,
                        List.of(key("id"), key("place"), add("quantity"), set("at")),
                        row(Value.of(1000), Value.of("a"), Value.of(-1), Value.of(Long.MAX_VALUE)),
                        row(Value.of(1001), Value.of("a"), Value.of(3), Value.of(Long.MIN_VALUE)),
                        row(Value.of(1002), Value.of("a"), Value.of(0), Value.of(Double.NEGATIVE_INFINITY))),
                block("work_order", RowKind.DELETE, List.of(key("id")), row(Value.of("x")), row(Value.of("y"))),
                block("work_order", RowKind.LEFT, List.of(key("id")), row(Value.of(new byte[] {1}))));
    }

    static SyncRequest request() {
        DeviceClock clock = new DeviceClock(MILLIS, 5_000_000, "boot-2");
        Map<String, Checkpoint> bases = Map.of("north", at(40), "shared", at(3));
        return new SyncRequest(
                -77,
                DEVICE,
                11,
                clock,
                List.of(
                        new ScopePosition("north", at(41), new Cursor(at(44), Bytes.of((byte) 1, (byte) 2))),
                        new ScopePosition("new", Checkpoint.NONE, Cursor.NONE)),
                List.of(new FreshColumns("work_order", List.of("extra", "tags"))),
                List.of(
                        pushed(12, bases, new DeviceClock(MILLIS - 9_000, 12_345, "boot-1"), List.of(), blocks()),
                        new PushedTransaction(id(13), 13, Map.of(), clock, List.of(), true, new byte[0]),
                        pushed(14, bases, clock, List.of(12L, 9L), blocks().subList(2, 3))),
                "example 1.0");
    }

    private static PushedTransaction pushed(
            int sequence, Map<String, Checkpoint> bases, DeviceClock clock, List<Long> after, List<RowBlock> blocks) {
        return new PushedTransaction(id(sequence), sequence, bases, clock, after, false, Changes.encode(blocks));
    }

    static SyncRequest emptyRequest(int scopes) {
        List<ScopePosition> positions = new ArrayList<>();
        for (int i = 0; i < scopes; i++) {
            positions.add(new ScopePosition("scope-" + i, at(1000 + i), new Cursor(at(1000 + i), Bytes.EMPTY)));
        }
        DeviceClock clock = new DeviceClock(MILLIS, 86_400_000, "6f9619ff-8b86-4d01-b42d-00c04fc964ff");
        return new SyncRequest(1, DEVICE, 500, clock, positions, List.of(), List.of(), "example 1.0");
    }

    /** By a name each, one frame of every sort and every outcome. */
    static Map<String, Frame> frames() {
        Map<String, Frame> frames = new LinkedHashMap<>();
        frames.put("opening", new Opening(-77, TIMELINE, MILLIS, 1_000_000));
        frames.put("opening-paced", new Opening(-77, TIMELINE, MILLIS, 0, new Pace(1_800_000, 200, 65_536)));
        frames.put("decisions", new Decisions(receipts()));
        frames.put("notice-reset", new ScopeNotice("north", ScopeNotice.Kind.RESET, "behind the horizon"));
        frames.put("notice-denied", new ScopeNotice("south", ScopeNotice.Kind.DENIED, "not granted"));
        frames.put("page", new Page("north", blocks(), new Cursor(at(44), Bytes.of((byte) 9))));
        frames.put("cut", new Cut(receipts().subList(0, 1), Map.of("north", at(45), "shared", at(3)), 14, 12));
        for (Refusal.Code code : Refusal.Code.values()) {
            frames.put("refusal-" + code.name().toLowerCase().replace('_', '-'), new Refusal(code, "why", 1_500));
        }
        return frames;
    }

    static List<Receipt> receipts() {
        List<Receipt> receipts = new ArrayList<>();
        // those that there were when its bytes were written down
        for (Outcome outcome : outcomes().subList(0, 6)) {
            receipts.add(new Receipt(id(receipts.size()), receipts.size() + 12L, outcome));
        }
        return receipts;
    }

    static List<Outcome> outcomes() {
        Key key = Key.of(Value.of(7), Value.of(1.5), Value.of("k"), Value.of(new byte[] {3}));
        return List.of(
                new Outcome.Applied(
                        Map.of("north", 45L, "shared", 3L),
                        List.of(
                                new Outcome.LostCell("work_order", key, "note"),
                                new Outcome.LostCell("work_order", Key.of(Value.of("x")), null))),
                new Outcome.Duplicate(),
                new Outcome.Rejected(RejectionCode.CHECK, "start < end is not met", "slot", "'a'"),
                new Outcome.Rejected(RejectionCode.MALFORMED, "unreadable", null, null),
                new Outcome.Later(2_000, "a gap before 12"),
                new Outcome.Voided(),
                new Outcome.Duplicate(
                        List.of(new Outcome.Rekeyed("ticket", Key.of(Value.of(5)), Key.of(Value.of(13))))));
    }

    /** Work orders as a field team has them: nine columns, some of them repetitive. */
    static RowBlock workOrders(Random random, int rows) {
        List<Value[]> values = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            values.add(row(
                    Value.of(uuid(random).toString()),
                    Value.of("team-" + random.nextInt(20)),
                    Value.of("Customer " + random.nextInt(rows / 10 + 1) + " Ltd."),
                    Value.of(STATUS[random.nextInt(STATUS.length)]),
                    Value.of(random.nextInt(100)),
                    Value.of(random.nextDouble() * 1000),
                    random.nextInt(4) == 0
                            ? Value.NULL
                            : Value.of(
                                    "call before " + random.nextInt(24) + ":00, gate code " + random.nextInt(10_000)),
                    Value.of(MILLIS + i * 60_000L + random.nextInt(60_000)),
                    random.nextInt(3) > 0 ? Value.NULL : Value.of(MILLIS + random.nextInt(1_000_000_000))));
        }
        return new RowBlock(
                "work_order",
                RowKind.INSERT,
                List.of(
                        key("id"),
                        set("team"),
                        set("customer"),
                        set("status"),
                        set("quantity"),
                        set("price"),
                        set("notes"),
                        set("created_at"),
                        set("closed_at")),
                values);
    }

    /** As many transactions of a device that was offline, each setting the status of one row with a random key. */
    static SyncRequest statusUpdates(Random random, int count) {
        long boot = MILLIS - 40_000_000;
        Map<String, Checkpoint> bases = Map.of("north", at(123_456));
        List<PushedTransaction> transactions = new ArrayList<>();
        long wall = MILLIS - 20_000_000;
        for (int i = 0; i < count; i++) {
            wall += 500 + random.nextInt(30_000);
            RowBlock block = block(
                    "work_order",
                    RowKind.UPDATE,
                    List.of(key("id"), set("status")),
                    row(Value.of(uuid(random).toString()), Value.of(STATUS[random.nextInt(STATUS.length)])));
            transactions.add(new PushedTransaction(
                    TransactionId.of(wall, uuid(random)),
                    501 + i,
                    bases,
                    new DeviceClock(wall, wall - boot + random.nextInt(2), "6f9619ff-8b86-4d01-b42d-00c04fc964ff"),
                    List.of(),
                    false,
                    Changes.encode(List.of(block))));
        }
        SyncRequest empty = emptyRequest(2);
        return new SyncRequest(
                1, DEVICE, 500, empty.clock(), empty.scopes(), List.of(), transactions, empty.application());
    }

    static UUID uuid(Random random) {
        return new UUID(
                random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() & Long.MAX_VALUE >> 1 | Long.MIN_VALUE);
    }
}
