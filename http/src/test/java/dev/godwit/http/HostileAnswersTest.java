package dev.godwit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Page;
import dev.godwit.wire.SyncCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server, or something in its place, can answer to do harm: it does none, and the device goes on with a good one. */
class HostileAnswersTest {
    private static final int MILLION = 1_000_000;
    private static final int DELIMITED = 2;
    private static final Checkpoint TWO = new Checkpoint(HostileServer.TIMELINE, 2);
    private static final Cut CUT = new Cut(List.of(), Map.of("red", TWO), 0, 0);

    @TempDir
    Path folder;

    private Serving good;

    @BeforeEach
    void serve() {
        good = new Serving(folder, null);
    }

    @AfterEach
    void stop() {
        good.close();
    }

    private SyncResult syncWith(HostileServer.Answering answering, boolean gzip) throws IOException {
        String device = "d" + UUID.randomUUID();
        try (HostileServer server = new HostileServer(answering, gzip)) {
            SyncResult result = good.refused(device, server.address(), null);
            good.arrives(device, null);
            return result;
        }
    }

    private void unreadable(String why, HostileServer.Answering answering, boolean gzip) throws IOException {
        SyncResult result = syncWith(answering, gzip);
        assertThat(result.outcome()).as(result.message()).isEqualTo(SyncResult.End.FAILED);
        assertThat(result.message())
                .contains(why)
                .contains("check that the address is that of your server")
                .endsWith("(docs/troubleshooting.md#unreadable)");
    }

    private static byte[] repeat(int times, int... bytes) {
        byte[] all = new byte[times * bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) bytes[i % bytes.length];
        }
        return all;
    }

    /** A message that holds these bytes as its fields of these numbers, the outermost last. */
    private static byte[] within(byte[] content, int... fields) throws IOException {
        byte[] message = content;
        for (int field : fields) {
            ByteArrayOutputStream outer = new ByteArrayOutputStream();
            outer.write(field << 3 | DELIMITED);
            for (int rest = message.length; ; rest >>>= 7) {
                if (rest < 0x80) {
                    outer.write(rest);
                    break;
                }
                outer.write(rest & 0x7f | 0x80);
            }
            outer.write(message);
            message = outer.toByteArray();
        }
        return message;
    }

    @Test
    void millionRepeatedPartsAreRefused() throws IOException {
        byte[] blocks = repeat(MILLION + 1, 2 << 3 | DELIMITED, 0);
        unreadable("fields of a frame", HostileServer.frames(b -> b, within(blocks, 4)), false);
        byte[] receipts = repeat(MILLION + 1, 1 << 3 | DELIMITED, 0);
        unreadable("fields of a frame", HostileServer.frames(b -> b, within(receipts, 5)), false);
        unreadable("fields of a frame", HostileServer.frames(b -> b, within(receipts, 2)), false);
    }

    @Test
    void millionNestedPartsAreRefused() throws IOException {
        byte[] groups = repeat(MILLION, 15 << 3 | 3);
        unreadable("holds a group", HostileServer.frames(b -> b, groups), false);
        unreadable("holds a group", HostileServer.frames(b -> b, within(groups, 2, 4)), false);
    }

    @Test
    void bodyThatInflatesAThousandfoldIsRefused() throws IOException {
        byte[] nothing = new byte[64 << 20];
        byte[] packed = HostileRequestsTest.bomb(nothing);
        assertThat(nothing.length / packed.length).isGreaterThan(900);
        HostileServer.Answering opening = HostileServer.frames(good -> {
            byte[] bomb = Arrays.copyOf(good, good.length + nothing.length);
            // frames that may be skipped: empty ones, each with its checksum, without end
            try {
                return HostileRequestsTest.bomb(bomb);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        unreadable("inflationRatio", opening, true);
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        byte[] cut = SyncCodec.encodeFrame(CUT);
        int whole = HostileServer.frames(b -> b, cut).to(Requests.of(List.of())).length;
        everywhere(whole, cut, (bytes, at) -> Arrays.copyOf(bytes, at));
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        byte[] cut = SyncCodec.encodeFrame(CUT);
        int whole = HostileServer.frames(b -> b, cut).to(Requests.of(List.of())).length;
        everywhere(whole, cut, (bytes, at) -> {
            bytes[at] ^= 0x10;
            return bytes;
        });
    }

    private interface Damage {
        byte[] at(byte[] answer, int place);
    }

    /** One device asks again and again, and each time the same good answer is damaged at the next place. */
    private void everywhere(int whole, byte[] frame, Damage damage) throws IOException {
        int[] place = {0};
        HostileServer.Answering answering =
                request -> HostileServer.frames(b -> place[0] < whole ? damage.at(b, place[0]) : b, frame)
                        .to(request);
        try (HostileServer server = new HostileServer(answering, false);
                HttpTransport transport = good.transport(server.address(), null);
                Godwit db = good.device("a", transport)) {
            for (; place[0] < whole; place[0]++) {
                SyncResult result = db.sync();
                assertThat(result.isSynced()).as("damaged at " + place[0]).isFalse();
                assertThat(result.message()).as("damaged at " + place[0]).contains("docs/troubleshooting.md#");
                assertThat(db.status().checkpoints().get("red")).isZero();
            }
            assertThat(db.sync().isSynced()).as("undamaged").isTrue();
            assertThat(db.status().checkpoints().get("red")).isEqualTo(2L);
        }
    }

    @Test
    void tablesAndColumnsThatTheDeviceDoesNotHaveArePassedOver() throws IOException {
        Page page = new Page(
                "red",
                List.of(
                        row("table of tomorrow", "id", "team", "1", "red"),
                        row("task", "id", "team", "title", "column of tomorrow", "1", "red", "known", "unknown")),
                new Cursor(TWO, Bytes.EMPTY));
        try (HostileServer server = new HostileServer(HostileServer.frames(page, CUT), false);
                HttpTransport transport = good.transport(server.address(), null);
                Godwit db = good.device("a", transport)) {
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(db.query("select * from task").get(0).values())
                    .containsExactly(Value.of("1"), Value.of("red"), Value.of("known"));
        }
    }

    @Test
    void rowsThatDoNotFitTheSchemaAreRefused() throws IOException {
        unreadable("another key", with(row("task", "title", "team", "1", "red")), false);
        RowBlock wide = new RowBlock(
                "task",
                RowKind.INSERT,
                List.of(new BlockColumn("id", ColumnRole.KEY), new BlockColumn("team", ColumnRole.KEY)),
                List.<Value[]>of(new Value[] {Value.of("1"), Value.of("red")}));
        unreadable("another key", with(wide), false);
        unreadable("scope blue", HostileServer.frames(new Page("blue", List.of(), Cursor.NONE), CUT), false);
    }

    private static HostileServer.Answering with(RowBlock block) {
        return HostileServer.frames(new Page("red", List.of(block), new Cursor(TWO, Bytes.EMPTY)), CUT);
    }

    /** An insert: names of columns, the first being the key, then as many values. */
    private static RowBlock row(String table, String... namesAndValues) {
        int width = namesAndValues.length / 2;
        BlockColumn[] columns = new BlockColumn[width];
        Value[] values = new Value[width];
        for (int i = 0; i < width; i++) {
            columns[i] = new BlockColumn(namesAndValues[i], i == 0 ? ColumnRole.KEY : ColumnRole.SET);
            values[i] = Value.of(namesAndValues[width + i]);
        }
        return new RowBlock(table, RowKind.INSERT, List.of(columns), List.<Value[]>of(values));
    }
}
