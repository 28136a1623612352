package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.merge.PulledEdit;
import dev.godwit.merge.Splice;
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
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameReader;
import dev.godwit.wire.Page;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices and servers that speak the protocol and say what cannot be: checkpoints of the future, names that do not exist. */
@Timeout(120)
class InconsistentPeersTest {
    private static final long MUCH = 4 << 20;
    private static final Cursor START = new Cursor(new Checkpoint(HostileServer.TIMELINE, 1), Bytes.of(new byte[0]));

    @TempDir
    Path folder;

    private OverHttp over;

    @BeforeEach
    void start() {
        over = new OverHttp(folder, Limits.DEFAULT, null);
    }

    @AfterEach
    void stop() {
        over.close();
    }

    // ------------------------------------------------------------------------------------------- to the server

    private List<Frame> answer(long confirmed, ScopePosition scope, PushedTransaction... transactions)
            throws IOException {
        OverHttp.Raw raw =
                over.post(SyncCodec.encodeRequest(Requests.request(confirmed, scope, List.of(transactions))), false);
        assertThat(raw.status()).isEqualTo(200);
        List<Frame> frames = new ArrayList<>();
        try (FrameReader reader = new FrameReader(new ByteArrayInputStream(raw.body()), Limits.DEFAULT)) {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                frames.add(frame.get());
            }
        }
        return frames;
    }

    private static ScopePosition at(UUID timeline, long commit) {
        Checkpoint checkpoint = new Checkpoint(timeline, commit);
        return new ScopePosition("red", checkpoint, new Cursor(checkpoint, Bytes.of(new byte[0])));
    }

    @Test
    void checkpointOfTheFutureIsAnsweredByAResetAndChangesNothing() throws IOException {
        try (OverHttp.Connected device = over.device("a")) {
            device.write("1", "x");
            device.db().sync();
        }
        UUID timeline = ((Cut) last(answer(0, at(new UUID(0, 0), 0))))
                .checkpoints()
                .get("red")
                .timeline();
        List<String> before = over.everythingOnTheServer();
        for (ScopePosition future : List.of(
                at(timeline, 2),
                at(timeline, Long.MAX_VALUE),
                new ScopePosition("red", new Checkpoint(timeline, 2), Cursor.NONE),
                at(new UUID(1, 2), 1),
                new ScopePosition(
                        "red", Checkpoint.NONE, new Cursor(new Checkpoint(timeline, 99), Bytes.of(new byte[9]))))) {
            List<Frame> frames = answer(0, future);
            assertThat(frames)
                    .as(future.toString())
                    .noneMatch(Page.class::isInstance)
                    .anyMatch(frame -> frame instanceof ScopeNotice notice
                            && notice.kind() == ScopeNotice.Kind.RESET
                            && notice.message().contains("read and sent again"));
            assertThat(((Cut) last(frames)).checkpoints()).isEmpty();
            assertThat(over.everythingOnTheServer()).isEqualTo(before);
        }
        assertThat(answer(0, at(timeline, 1))).as("the present is no future").noneMatch(ScopeNotice.class::isInstance);
        assertThat(answer(77, at(timeline, 1)))
                .as("receipts that were never given")
                .anyMatch(ScopeNotice.class::isInstance);
    }

    private static Frame last(List<Frame> frames) {
        return frames.get(frames.size() - 1);
    }

    @Test
    void deviceWithACheckpointOfTheFutureComesToTheServersStateAndLosesNothing() {
        try (OverHttp.Connected other = over.device("b")) {
            other.write("1", "the server's");
            other.db().sync();
        }
        try (OverHttp.Connected device = over.device("a")) {
            device.db().sync();
            device.write("2", "mine");
            try (SqliteConnection sql =
                    Fleet.DRIVER.open(SqliteOptions.of(device.file().toString()))) {
                sql.execute("update godwit_scope set commit_number = 4000, cursor_commit = 4000");
                sql.execute("delete from task where id = '1'");
            }
            SyncResult result = device.db().sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(device.db().status().checkpoints().get("red")).isLessThan(4000);
        }
        assertThat(over.everythingOnTheServer()).anyMatch(row -> row.startsWith("task") && row.contains("'mine'"));
    }

    @Test
    void unknownTablesAndColumnsOfAPushAreParkedByNameAndChangeNoRow() throws IOException {
        BlockColumn key = new BlockColumn("id", ColumnRole.KEY);
        Map<String, RowBlock> blocks = Map.of(
                "no table 'ghost'",
                new RowBlock("ghost", RowKind.INSERT, List.of(key), List.<Value[]>of(new Value[] {Value.of("1")})),
                "no column 'colour'",
                new RowBlock(
                        "task",
                        RowKind.UPDATE,
                        List.of(key, new BlockColumn("colour", ColumnRole.SET)),
                        List.<Value[]>of(new Value[] {Value.of("1"), Value.of("red")})),
                "no table 'godwit_receipt'",
                new RowBlock(
                        "godwit_receipt", RowKind.DELETE, List.of(key), List.<Value[]>of(new Value[] {Value.of("1")})),
                "no table 'sqlite_master'",
                new RowBlock(
                        "sqlite_master", RowKind.DELETE, List.of(key), List.<Value[]>of(new Value[] {Value.of("1")})));
        List<String> before = rowsOnTheServer();
        long sequence = 0;
        for (Map.Entry<String, RowBlock> block : blocks.entrySet()) {
            sequence++;
            PushedTransaction push = new PushedTransaction(
                    TransactionId.of(1_800_000_000_000L, new UUID(sequence, 0x8000000000000000L)),
                    sequence,
                    Map.of(),
                    new DeviceClock(1_800_000_000_000L, 1, "boot"),
                    List.of(),
                    false,
                    Changes.encode(List.of(block.getValue())));
            Cut cut = (Cut) last(answer(sequence - 1, at(new UUID(0, 0), 0), push));
            assertThat(cut.receipts()).hasSize(1);
            Outcome.Rejected rejected = (Outcome.Rejected) cut.receipts().get(0).outcome();
            assertThat(rejected.code()).isEqualTo(RejectionCode.UNKNOWN_NAME);
            assertThat(rejected.message()).contains(block.getKey(), "Upgrade the server, then retry");
            assertThat(rowsOnTheServer()).isEqualTo(before);
        }
    }

    /** All but what the server notes about devices and their transactions. */
    private List<String> rowsOnTheServer() {
        return over.everythingOnTheServer().stream()
                .filter(row -> !row.startsWith("godwit_device") && !row.startsWith("godwit_receipt"))
                .toList();
    }

    // ------------------------------------------------------------------------------------------- to the device

    private static RowBlock task(String table, String... columns) {
        List<BlockColumn> named = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (String column : columns) {
            named.add(new BlockColumn(column, named.isEmpty() ? ColumnRole.KEY : ColumnRole.SET));
            values.add(Value.of(column.equals("team") ? "red" : "of the server"));
        }
        return new RowBlock(table, RowKind.INSERT, named, List.<Value[]>of(values.toArray(new Value[0])));
    }

    private static Cut cut(UUID timeline, long commit) {
        return new Cut(List.of(), Map.of("red", new Checkpoint(timeline, commit)), 0, 0);
    }

    private static void refusedByTheDevice(OverHttp.Connected device, String message) {
        List<String> before = OverHttp.everything(device.file());
        SyncResult result = device.db().sync();
        assertThat(result.outcome()).as(result.toString()).isEqualTo(SyncResult.End.FAILED);
        assertThat(result.message()).contains(message);
        assertThat(OverHttp.everything(device.file())).isEqualTo(before);
    }

    @Test
    void serverThatContradictsItselfAboutTimeIsNotBelieved() {
        Page honest = new Page("red", List.of(task("task", "id", "team", "title")), START);
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = over.device("a", hostile.address(), options -> options)) {
            hostile.answersFrames(honest, cut(new UUID(1, 1), 9));
            refusedByTheDevice(device, "the cut of scope red is of timeline");
            Checkpoint foreign = new Checkpoint(new UUID(1, 1), 9);
            hostile.answersFrames(
                    new Page("red", honest.blocks(), new Cursor(foreign, Bytes.of(new byte[0]))),
                    cut(HostileServer.TIMELINE, 9));
            refusedByTheDevice(device, "a page of scope red is of timeline");
            hostile.answersFrames(new Page("blue", honest.blocks(), START), cut(HostileServer.TIMELINE, 9));
            refusedByTheDevice(device, "blue, which was not asked for");
            hostile.answersFrames(honest, honest, cut(HostileServer.TIMELINE, 9));
            refusedByTheDevice(device, "ends at commit 1, no further than the one before it");
            Cursor later = new Cursor(new Checkpoint(HostileServer.TIMELINE, 2), Bytes.of(new byte[0]));
            hostile.answersFrames(new Page("red", honest.blocks(), later), honest, cut(HostileServer.TIMELINE, 9));
            refusedByTheDevice(device, "ends at commit 1, no further than the one before it");

            hostile.answersFrames(
                    honest, new Cut(List.of(), Map.of("blue", new Checkpoint(HostileServer.TIMELINE, 9)), 0, 0));
            refusedByTheDevice(device, "the cut says nothing of scope red");

            hostile.answersFrames(honest, cut(HostileServer.TIMELINE, 9));
            assertThat(device.db().sync().isSynced())
                    .as("the same without the lie")
                    .isTrue();
            assertThat(device.db().status().checkpoints()).containsEntry("red", 9L);
            hostile.answersFrames(cut(HostileServer.TIMELINE, 8));
            refusedByTheDevice(device, "has seen commit 9");
            hostile.answersFrames(honest, cut(HostileServer.TIMELINE, 9));
            refusedByTheDevice(device, "none is newer than commit 9");
            hostile.answersFrames(cut(HostileServer.TIMELINE, 9));
            assertThat(device.db().sync().isSynced()).as("nothing new").isTrue();
        }
    }

    @Test
    void serverThatSendsEditsOfOtherTextsAgainAndAgainIsNotBelieved() {
        PulledEdit edit = PulledEdit.of(3, List.of(new Splice(1, 1, "x")), "axc");
        RowBlock edits = new RowBlock(
                "task",
                RowKind.UPDATE,
                List.of(new BlockColumn("id", ColumnRole.KEY), new BlockColumn("title", ColumnRole.EDIT)),
                List.<Value[]>of(new Value[] {Value.of("of the server"), edit.encode()}));
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = over.device("a", hostile.address(), options -> options)) {
            hostile.answersFrames(
                    new Page("red", List.of(task("task", "id", "team", "title")), START),
                    cut(HostileServer.TIMELINE, 9));
            assertThat(device.db().sync().isSynced()).isTrue();
            hostile.answersFrames(new Page("red", List.of(edits), START), cut(HostileServer.TIMELINE, 10));
            refusedByTheDevice(device, "which were asked for whole");
            assertThat(device.db().query("select title from task").toString()).isEqualTo("[title='of the server']");
        }
    }

    @Test
    void serverThatAlwaysHasRowsAndNeverDecidesIsLeftAlone() {
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = over.device("a", hostile.address(), options -> options)) {
            device.write("1", "kept");
            AtomicLong commit = new AtomicLong(9);
            byte[] page = SyncCodec.encodeFrame(new Page("red", List.of(task("task", "id", "team", "title")), START));
            hostile.answers(request -> {
                byte[] cut = SyncCodec.encodeFrame(cut(HostileServer.TIMELINE, commit.incrementAndGet()));
                return new HostileServer.Answer(HostileServer.stream(request, page, cut), false, 0);
            });
            SyncResult result = device.db().sync();
            assertThat(result.outcome()).isEqualTo(SyncResult.End.LATER);
            assertThat(result.message()).contains("without deciding anything", "kept");
            assertThat(result.requests()).isEqualTo(5);
            assertThat(result.pending()).isEqualTo(1);
        }
    }

    @Test
    void unknownTablesAndColumnsOfAPullArePassedOverAndTheRestIsTaken() {
        try (HostileServer newer = new HostileServer();
                OverHttp.Connected device = over.device("a", newer.address(), options -> options)) {
            newer.answersFrames(
                    new Page(
                            "red",
                            List.of(task("ghost", "id", "team"), task("task", "id", "team", "colour", "title")),
                            START),
                    cut(HostileServer.TIMELINE, 9));
            SyncResult result = device.db().sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(device.db().query("select * from task").toString())
                    .isEqualTo("[id='of the server', team='red', title='of the server']");
            assertThat(OverHttp.everything(device.file())).noneMatch(row -> row.startsWith("ghost"));
        }
    }

    @Test
    void rowsUnderAnotherKeyAreRefused() {
        try (HostileServer other = new HostileServer();
                OverHttp.Connected device = over.device("a", other.address(), options -> options)) {
            device.write("1", "kept");
            for (RowBlock block : List.of(
                    task("task", "title", "id", "team"),
                    task("task", "colour", "id", "team", "title"),
                    new RowBlock(
                            "task",
                            RowKind.DELETE,
                            List.of(new BlockColumn("id", ColumnRole.KEY), new BlockColumn("team", ColumnRole.KEY)),
                            List.<Value[]>of(new Value[] {Value.of("1"), Value.of("red")})))) {
                other.answersFrames(new Page("red", List.of(block), START), cut(HostileServer.TIMELINE, 9));
                refusedByTheDevice(device, "another key");
            }
        }
    }

    @Test
    void rowsThatLackAColumnWhichMustBeThereAreRefused() {
        try (HostileServer older = new HostileServer();
                OverHttp.Connected device = over.device("a", older.address(), options -> options)) {
            older.answersFrames(
                    new Page("red", List.of(task("task", "id", "team")), START), cut(HostileServer.TIMELINE, 9));
            refusedByTheDevice(device, "task.title");
            older.answersFrames(
                    new Page("red", List.of(task("task", "id", "team", "title")), START),
                    cut(HostileServer.TIMELINE, 9));
            assertThat(device.db().sync().isSynced()).as("after the upgrade").isTrue();
            assertThat(device.db().query("select * from task")).hasSize(1);
        }
    }

    /** The second is one too many, and nothing after it is read. */
    @Test
    void aQuarterOfAMillionNoticesCostNoMemory() {
        byte[] notice =
                SyncCodec.encodeFrame(new ScopeNotice("red", ScopeNotice.Kind.RESET, "an older copy, again and again"));
        byte[][] notices = new byte[250_000][];
        Arrays.fill(notices, notice);
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = over.device("victim", hostile.address(), options -> options)) {
            device.write("1", "kept");
            // an honest answer first, so that everything that is made once is made
            hostile.answersFrames(new Cut(List.of(), Map.of(), 0, 0));
            device.db().sync();
            hostile.answersFrames(notices);
            List<String> before = OverHttp.everything(device.file());
            long allocated = allocated();
            SyncResult result = device.db().sync();
            assertThat(allocated() - allocated)
                    .as("bytes allocated by the device")
                    .isLessThan(MUCH);
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message()).contains("two notices for scope red");
            assertThat(device.db().status().pending()).isEqualTo(1);
            assertThat(OverHttp.everything(device.file())).isEqualTo(before);
        }
    }

    /** By the current thread. */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
