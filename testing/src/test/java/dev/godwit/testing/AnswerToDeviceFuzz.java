package dev.godwit.testing;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.client.Transport;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Page;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Answers of any bytes to a real device that has synced and has something pending: frames, each behind two bytes of length, that
 * follow an opening which fits the request. The sync ends with a result; what was pending is in the outbox, unless the answer
 * says that it was applied; and the database is as it was unless a checkpoint has moved or a scope was reset or denied.
 */
public final class AnswerToDeviceFuzz {
    private static final String SCHEMA = """
            create table task (id text primary key, team text scope not null, title text not null check (title <> ''),
              votes integer counter not null default 0, tags text add_wins_set, note text merged_text, extra text merged_json,
              parent text references task);
            """;
    private static final Cursor START = new Cursor(new Checkpoint(HostileServer.TIMELINE, 2), Bytes.of(new byte[0]));
    private static final Answering ANSWERING = new Answering();

    private static Path folder;
    private static Godwit device;
    private static List<String> before = List.of();
    private static Set<TransactionId> unsent = Set.of();

    private AnswerToDeviceFuzz() {}

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

    /** Whether the device took something of it: a checkpoint has moved, or it was told that a scope is reset or denied. */
    static boolean reads(byte[] data) {
        begin();
        long checkpoint = checkpoint();
        ANSWERING.frames = frames(data);
        SyncResult result = device.sync();
        holds(result.isSynced() || !result.message().isBlank(), "a result without a word: " + result);
        List<String> after = OverHttp.everything(file());
        boolean same = after.equals(before);
        boolean taken = checkpoint() != checkpoint || ANSWERING.hasNotice;
        holds(same || taken, "changed, and no checkpoint has moved: " + result + "; " + before + "; " + after);
        Set<TransactionId> gone = new HashSet<>(unsent);
        gone.removeAll(outbox());
        holds(ANSWERING.applied.containsAll(gone), "neither pending nor applied: " + gone + "; " + result);
        holds(integrity(), "the file is damaged");
        if (!same) {
            close();
        }
        return taken;
    }

    private static byte[][] frames(byte[] data) {
        List<byte[]> frames = new ArrayList<>();
        ANSWERING.hasNotice = false;
        ANSWERING.applied.clear();
        for (int at = 0; at + 2 <= data.length; ) {
            int length = Math.min((data[at] & 0xff) << 8 | data[at + 1] & 0xff, data.length - at - 2);
            frames.add(Arrays.copyOfRange(data, at + 2, at + 2 + length));
            note(frames.get(frames.size() - 1));
            at += 2 + length;
        }
        return frames.toArray(new byte[0][]);
    }

    /** Remembers what a frame allows the device to do. */
    private static void note(byte[] encoded) {
        Frame frame;
        try {
            frame = SyncCodec.decodeFrame(encoded, Limits.DEFAULT);
        } catch (dev.godwit.wire.WireException unreadable) {
            return;
        }
        ANSWERING.hasNotice |= frame instanceof ScopeNotice;
        if (frame instanceof Cut cut) {
            cut.receipts().stream()
                    .filter(receipt -> !(receipt.outcome() instanceof Outcome.Rejected))
                    .forEach(receipt -> ANSWERING.applied.add(receipt.id()));
        }
    }

    private static Set<TransactionId> outbox() {
        return device.outbox().stream().map(OutboxEntry::id).collect(Collectors.toSet());
    }

    private static long checkpoint() {
        return device.status().checkpoints().getOrDefault("red", 0L);
    }

    private static boolean integrity() {
        return device.query("pragma integrity_check").get(0).toString().contains("'ok'");
    }

    private static Path file() {
        return folder.resolve("device.db");
    }

    /** The device as it was at the beginning; a file that no input has touched. */
    private static void begin() {
        if (device != null) {
            return;
        }
        try {
            if (folder == null) {
                make();
            }
            Files.copy(folder.resolve("first.db"), file(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        device = open(file());
        before = OverHttp.everything(file());
        unsent = outbox();
        holds(unsent.size() == 2, "not two that are unsent: " + unsent);
    }

    private static void make() throws IOException {
        // the build's own folder, which the next clean build removes
        Path target = Path.of(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir")));
        folder = Files.createTempDirectory(target, "fuzz");
        try (Godwit first = open(folder.resolve("first.db"))) {
            ANSWERING.frames = encoded(page(task("1", "of the server")), cut(2));
            SyncResult result = first.sync();
            holds(result.isSynced(), result.toString());
            first.write(tx -> tx.run("insert into task (id, team, title, parent) values ('2', 'red', 'mine', '1')"));
            first.write(tx -> tx.run("update task set votes = votes + 1, note = 'x', tags = '[1]' where id = '1'"));
        }
    }

    private static Godwit open(Path file) {
        return Godwit.open(GodwitOptions.of(file.toString(), Fleet.DRIVER)
                .withSchema(SCHEMA)
                .withScopes("red")
                .withDevice(new ManualDevice(7, 1_800_000_000_000L))
                .withTransport(ANSWERING));
    }

    private static void close() {
        device.close();
        device = null;
    }

    private static void holds(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    /** Answers every request with an opening that fits it and then the same frames, in this process. */
    private static final class Answering implements Transport {
        byte[][] frames = {};
        final Set<TransactionId> applied = new HashSet<>();
        boolean hasNotice;

        @Override
        public Answer exchange(byte[] request) {
            SyncRequest asked = SyncCodec.decodeRequest(request, Limits.DEFAULT);
            byte[] stream = HostileServer.stream(asked, frames);
            return new Answer() {
                @Override
                public InputStream frames() {
                    return new ByteArrayInputStream(stream);
                }

                @Override
                public long bytesSent() {
                    return request.length;
                }

                @Override
                public long bytesReceived() {
                    return stream.length;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Live live(List<String> scopes, LiveListener listener) {
            throw new IllegalStateException("no live connection is asked for");
        }

        @Override
        public void close() {}
    }

    private static byte[][] encoded(Frame... frames) {
        byte[][] encoded = new byte[frames.length][];
        for (int i = 0; i < frames.length; i++) {
            encoded[i] = SyncCodec.encodeFrame(frames[i]);
        }
        return encoded;
    }

    private static RowBlock task(String id, String title) {
        return new RowBlock(
                "task",
                RowKind.INSERT,
                List.of(
                        new BlockColumn("id", ColumnRole.KEY),
                        new BlockColumn("team", ColumnRole.SET),
                        new BlockColumn("title", ColumnRole.SET)),
                List.<Value[]>of(new Value[] {Value.of(id), Value.of("red"), Value.of(title)}));
    }

    private static RowBlock row(RowKind kind, String... columnsAndValues) {
        List<BlockColumn> columns = new ArrayList<>(List.of(new BlockColumn("id", ColumnRole.KEY)));
        List<Value> values = new ArrayList<>(List.of(Value.of("1")));
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            columns.add(new BlockColumn(columnsAndValues[i], ColumnRole.SET));
            values.add(Value.of(columnsAndValues[i + 1]));
        }
        return new RowBlock("task", kind, columns, List.<Value[]>of(values.toArray(new Value[0])));
    }

    private static Page page(RowBlock... blocks) {
        return new Page("red", List.of(blocks), START);
    }

    private static Cut cut(long commit) {
        return new Cut(List.of(), Map.of("red", new Checkpoint(HostileServer.TIMELINE, commit)), 0, 0);
    }

    private static Outcome applied() {
        return new Outcome.Applied(Map.of("red", 5L), List.of());
    }

    /** The device draws its ids from a seed, so those of what is pending are the same in every run. */
    private static Cut decided(List<Outcome> outcomes) {
        begin();
        List<OutboxEntry> entries = device.outbox();
        List<Receipt> receipts = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            receipts.add(new Receipt(entries.get(receipts.size()).id(), receipts.size() + 1, outcome));
        }
        return new Cut(
                receipts, Map.of("red", new Checkpoint(HostileServer.TIMELINE, 5)), receipts.size(), receipts.size());
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("rows", seed(page(task("3", "new"), row(RowKind.UPDATE, "note", "theirs", "tags", "[2]")), cut(5)));
        seeds.put("over-mine", seed(page(task("2", "theirs")), cut(5)));
        seeds.put("deleted", seed(page(row(RowKind.DELETE)), cut(6)));
        seeds.put("left", seed(page(row(RowKind.LEFT)), cut(7)));
        seeds.put("json", seed(page(row(RowKind.UPDATE, "extra", "{\"a\":1}", "parent", "2")), cut(5)));
        seeds.put("cut", seed(cut(9)));
        seeds.put("reset", seed(new ScopeNotice("red", ScopeNotice.Kind.RESET, "x"), cut(2)));
        List<Outcome> refused = List.of(new Outcome.Rejected(RejectionCode.VALIDATOR, "no", "task", "2"), applied());
        seeds.put("applied", seed(decided(List.of(applied(), applied()))));
        seeds.put("applied-in-part", seed(page(task("3", "new")), decided(List.of(applied()))));
        seeds.put("refused", seed(decided(refused)));
        seeds.put("denied", seed(new ScopeNotice("red", ScopeNotice.Kind.DENIED, "x"), cut(2)));
        return seeds;
    }

    private static byte[] seed(Frame... frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] frame : encoded(frames)) {
            out.write(frame.length >> 8);
            out.write(frame.length);
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }
}
