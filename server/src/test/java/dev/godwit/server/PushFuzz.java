package dev.godwit.server;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Frame;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Transactions of any bytes, pushed to a real server whose table has every merge word. The first byte says what its writer had
 * seen ({@code 0} nothing, else all) and the second how long the opaque place in its cursor is, which follows. Each is decided;
 * one that is not accepted changes no row; and never is an accident of the engine passed off as a rule of the application.
 */
public final class PushFuzz {
    private static final String SCHEMA = """
            create table place (id integer primary key, team text scope not null, name text unique);
            create table item (id text primary key, team text scope not null, plain text, high integer max, first text first_write,
              stock integer counter not null default 0 check (stock > -1000), tags text add_wins_set, note text merged_text,
              extra text merged_json, lines text three_way, hand text manual, srv text server_order, fixed text read_only,
              place integer references place);
            insert into godwit_policy values ('item', 'extra', 'array_key', 'id');
            """;
    private static final int INPUTS = 64;
    private static final DeviceId DEVICE = new DeviceId(new UUID(0x4000, 0x8000000000000001L));
    private static final Grant GRANT = new Grant("eve", Set.of("red"), false);

    private static TestServer server;
    private static Checkpoint head = Checkpoint.NONE;
    private static SqliteConnection reading;
    private static List<String> seen = List.of();
    private static long sequence;

    private PushFuzz() {}

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

    /** Whether the server accepted it. */
    static boolean reads(byte[] data) {
        if (data.length < 2) {
            return false;
        }
        begin();
        int opaque = Math.min(data[1] & 0x1f, data.length - 2);
        byte[] changes = Arrays.copyOfRange(data, 2 + opaque, data.length);
        List<String> before = seen;
        Outcome outcome = decided(data[0] == 0, Arrays.copyOfRange(data, 2, 2 + opaque), changes);
        if (outcome instanceof Outcome.Rejected rejected && rejected.code() == RejectionCode.VALIDATOR) {
            throw new AssertionError("the engine failed: " + Bytes.of(changes));
        }
        boolean accepted = outcome instanceof Outcome.Applied;
        seen = rows();
        if (!accepted && !before.equals(seen)) {
            throw new AssertionError(outcome + ", and rows have changed: " + before + "; " + seen);
        }
        return accepted;
    }

    /** A server with some rows, new after so many inputs, so that one input is answerable for little more than itself. */
    private static void begin() {
        if (server != null && sequence < INPUTS) {
            return;
        }
        try {
            if (server != null) {
                reading.close();
                server.close();
                Files.deleteIfExists(server.file());
            }
            // the build's own folder, which the next clean build removes
            Path target = Path.of(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir")));
            server = new TestServer(Files.createTempDirectory(target, "fuzz").resolve("server.db"), SCHEMA);
            sequence = 0;
            head = Checkpoint.NONE;
            if (!(decided(true, new byte[0], Changes.encode(rowsToBeginWith())) instanceof Outcome.Applied)) {
                throw new AssertionError("the first rows were not accepted");
            }
            reading = TestServer.DRIVER.open(
                    SqliteOptions.of(server.file().toString()).reading());
            seen = rows();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<RowBlock> rowsToBeginWith() {
        return List.of(
                TestDevice.insert("place", "id", 1, "team", "red", "name", "north"),
                TestDevice.insert(
                        "item",
                        "id",
                        "i",
                        "team",
                        "red",
                        "plain",
                        "p",
                        "high",
                        5,
                        "stock",
                        7,
                        "tags",
                        "[1,\"a\"]",
                        "note",
                        "a note",
                        "extra",
                        "{\"a\":[{\"id\":1}]}",
                        "lines",
                        "a\nb\n",
                        "place",
                        1));
    }

    private static List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("item order by id", "place order by id", "godwit_row order by 1, 2, 3")) {
            Sql.rows(reading, "select * from " + table).forEach(row -> rows.add(TestServer.text(row)));
        }
        return rows;
    }

    private static Outcome decided(boolean nothingSeen, byte[] opaque, byte[] changes) {
        sequence++;
        DeviceClock clock = new DeviceClock(1_800_000_000_000L, sequence, "boot");
        Map<String, Checkpoint> bases = nothingSeen ? Map.of() : Map.of("red", head);
        PushedTransaction transaction = new PushedTransaction(
                TransactionId.of(clock.wallMillis(), new UUID(sequence, 0x8000000000000000L)),
                sequence,
                bases,
                clock,
                List.of(),
                false,
                changes);
        ScopePosition position = new ScopePosition("red", head, new Cursor(head, Bytes.of(opaque)));
        List<Frame> frames = new ArrayList<>();
        try {
            server.engine()
                    .sync(
                            GRANT,
                            new SyncRequest(
                                    sequence,
                                    DEVICE,
                                    sequence - 1,
                                    clock,
                                    List.of(position),
                                    List.of(),
                                    List.of(transaction),
                                    ""),
                            frames::add);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        for (Frame frame : frames) {
            if (frame instanceof Refusal refusal) {
                throw new AssertionError("refused: " + refusal);
            }
        }
        Cut cut = (Cut) frames.get(frames.size() - 1);
        head = cut.checkpoints().getOrDefault("red", head);
        for (Receipt receipt : cut.receipts()) {
            if (receipt.sequence() == sequence) {
                return receipt.outcome();
            }
        }
        throw new AssertionError("not decided: " + frames);
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seed(
                seeds,
                "insert",
                1,
                TestDevice.insert("item", "id", "j", "team", "red", "tags", "[2]", "note", "n", "extra", "[]"));
        seed(seeds, "insert-place", 1, TestDevice.insert("place", "id", 2, "team", "red", "name", "south"));
        seed(
                seeds,
                "update",
                0,
                TestDevice.update(
                        "item", "id", "i", "plain", "q", "high", 9, "+stock", -2, "hand", "h", "srv", Value.of(0.5)));
        seed(
                seeds,
                "update-merged",
                0,
                TestDevice.update("item", "id", "i", "tags", "[1,3]", "extra", "{\"b\":null}", "lines", "a\nc\n"));
        seed(seeds, "update-first", 1, TestDevice.update("item", "id", "i", "first", "f", "place", Value.NULL));
        seed(seeds, "delete", 0, TestDevice.delete("item", "i"));
        seed(seeds, "delete-parent", 1, TestDevice.delete("item", "i"), TestDevice.delete("place", 1));
        seed(seeds, "reset", 1, with("stock", ColumnRole.RESET, Value.of(4), Value.of(7)));
        byte[] edit = {0, 0, 0, 0, 6, 1, 4, 0, 1, 'x'};
        seed(
                seeds,
                "edit",
                1,
                new RowBlock(
                        "item",
                        RowKind.UPDATE,
                        List.of(new BlockColumn("id", ColumnRole.KEY), new BlockColumn("note", ColumnRole.EDIT)),
                        List.<Value[]>of(new Value[] {Value.of("i"), Value.of(edit)})));
        seed(seeds, "set-base", 0, with("extra", ColumnRole.SET, Value.of("{}"), Value.of("{\"a\":[{\"id\":1}]}")));
        return seeds;
    }

    private static RowBlock with(String column, ColumnRole role, Value value, Value base) {
        return new RowBlock(
                "item",
                RowKind.UPDATE,
                List.of(
                        new BlockColumn("id", ColumnRole.KEY),
                        new BlockColumn(column, role),
                        new BlockColumn(column, ColumnRole.BASE)),
                List.<Value[]>of(new Value[] {Value.of("i"), value, base}));
    }

    private static void seed(Map<String, byte[]> seeds, String name, int seen, RowBlock... blocks) {
        byte[] changes = Changes.encode(List.of(blocks));
        byte[] seed = new byte[2 + changes.length];
        seed[0] = (byte) seen;
        System.arraycopy(changes, 0, seed, 2, changes.length);
        seeds.put(name, seed);
    }
}
