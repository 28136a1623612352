package dev.godwit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameReader;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be sent to a server to do harm: it is refused for its own reason, changes nothing, and others are served. */
class HostileRequestsTest {
    private static final int MILLION = 1_000_000;
    private static final int GZIP_HEADER = 10;
    private static final int GZIP_TRAILER = 8;
    private static final byte[] MAGIC = {'G', 'd', 'w', 1};

    @TempDir
    Path folder;

    private Serving serving;

    @BeforeEach
    void serve() {
        serving = new Serving(folder, null);
    }

    @AfterEach
    void othersAreServedAndNothingHasChanged() {
        try (Serving running = serving) {
            assertThat(running.onServer("select count(*) from task where title = 'hostile'"))
                    .isEqualTo("0");
            try (HttpTransport transport = running.transport(running.address(), null);
                    Godwit db = running.device("honest", transport)) {
                db.write(tx -> tx.run("insert into task values ('honest', 'red', 'new')"));
            }
            running.arrives("honest", null);
        }
    }

    private static byte[] withMagic(int times, int... bytes) {
        byte[] all = Arrays.copyOf(MAGIC, MAGIC.length + times * bytes.length);
        for (int i = MAGIC.length; i < all.length; i++) {
            all[i] = (byte) bytes[(i - MAGIC.length) % bytes.length];
        }
        return all;
    }

    private void refused(byte[] body, boolean gzip, int status, Refusal.Code code, String why) throws Exception {
        HttpResponse<byte[]> response = serving.post(body, gzip);
        assertThat(response.statusCode()).isEqualTo(status);
        Refusal refusal = (Refusal) frames(response).get(0);
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.message()).contains(why);
        assertThat(serving.onServer("select count(*) from godwit_device")).isEqualTo("0");
    }

    private List<Frame> ask(SyncRequest request) throws Exception {
        HttpResponse<byte[]> response = serving.post(SyncCodec.encodeRequest(request), false);
        assertThat(response.statusCode()).isEqualTo(200);
        return frames(response);
    }

    private static List<Frame> frames(HttpResponse<byte[]> response) throws IOException {
        List<Frame> frames = new ArrayList<>();
        try (InputStream in = new ByteArrayInputStream(response.body());
                FrameReader reader = new FrameReader(in, Limits.DEFAULT)) {
            for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
                frames.add(next.get());
            }
        }
        return frames;
    }

    private static <T extends Frame> T only(List<Frame> frames, Class<T> kind) {
        List<T> found = frames.stream().filter(kind::isInstance).map(kind::cast).toList();
        assertThat(found).as("%s among %s", kind, frames).hasSize(1);
        return found.get(0);
    }

    @Test
    void millionRepeatedPartsAreRefused() throws Exception {
        for (int list : new int[] {10, 12}) {
            refused(
                    withMagic(MILLION + 1, list << 3 | 2, 0),
                    false,
                    413,
                    Refusal.Code.TOO_LARGE,
                    "fields of a request");
        }
        refused(withMagic(MILLION + 1, 15 << 3, 1), false, 413, Refusal.Code.TOO_LARGE, "fields of a request");
    }

    @Test
    void millionNestedPartsAreRefused() throws Exception {
        refused(withMagic(MILLION, 15 << 3 | 3), false, 422, Refusal.Code.MALFORMED, "holds a group");
    }

    @Test
    void millionPartsInsideATransactionAreRefusedWithIt() throws Exception {
        Outcome.Rejected repeated = decide(1, Arrays.copyOfRange(withMagic(MILLION + 1, 10, 0), 4, 2 * MILLION + 6));
        assertThat(repeated.code()).isEqualTo(RejectionCode.SIZE);
        assertThat(repeated.message()).contains("fields of");
        Outcome.Rejected nested = decide(2, Arrays.copyOfRange(withMagic(MILLION, 15 << 3 | 3), 4, MILLION + 4));
        assertThat(nested.code()).isEqualTo(RejectionCode.MALFORMED);
        assertThat(nested.message()).contains("holds a group");
    }

    @Test
    void tablesAndColumnsThatTheServerDoesNotHaveAreRefusedWithTheirTransaction() throws Exception {
        Outcome.Rejected table = decide(1, insert("table of tomorrow", "id", "team"));
        assertThat(table.code()).isEqualTo(RejectionCode.UNKNOWN_NAME);
        assertThat(table.message()).contains("'table of tomorrow'").contains("Upgrade the server, then retry");
        Outcome.Rejected column = decide(2, insert("task", "id", "column of tomorrow"));
        assertThat(column.code()).isEqualTo(RejectionCode.UNKNOWN_NAME);
        assertThat(column.message()).contains("'column of tomorrow'").contains("Upgrade the server, then retry");
    }

    private static byte[] insert(String table, String key, String column) {
        return Changes.encode(List.of(new RowBlock(
                table,
                RowKind.INSERT,
                List.of(new BlockColumn(key, ColumnRole.KEY), new BlockColumn(column, ColumnRole.SET)),
                List.<Value[]>of(new Value[] {Value.of("1"), Value.of("hostile")}))));
    }

    private Outcome.Rejected decide(long place, byte[] changes) throws Exception {
        SyncRequest request = Requests.of(List.of(Requests.transaction(place, Map.of(), changes)));
        List<Receipt> receipts = only(ask(request), Cut.class).receipts();
        Receipt last = receipts.get(receipts.size() - 1);
        assertThat(last.sequence()).isEqualTo(place);
        assertThat(serving.onServer("select count(*) from task")).isEqualTo("0");
        return (Outcome.Rejected) last.outcome();
    }

    /** Packed as somebody does who wants to do harm: our own would not. */
    static byte[] bomb(byte[] bytes) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
            out.write(bytes);
        }
        return bomb.toByteArray();
    }

    @Test
    void bodyThatInflatesAThousandfoldIsRefused() throws Exception {
        byte[] zeros = new byte[64 << 20];
        byte[] bomb = bomb(zeros);
        assertThat(zeros.length / bomb.length).isGreaterThan(900);
        refused(bomb, true, 413, Refusal.Code.TOO_LARGE, "inflationRatio");
    }

    @Test
    void everyTruncationIsNoticed() throws Exception {
        byte[] whole = good();
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length), true, 400, Refusal.Code.MALFORMED, "");
        }
        assertThat(serving.post(whole, true).statusCode()).isEqualTo(200);
    }

    @Test
    void everyDamagedByteIsNoticed() throws Exception {
        byte[] whole = good();
        for (int place = GZIP_HEADER; place < whole.length; place++) {
            if (place == whole.length - GZIP_TRAILER - 1) {
                continue; // the last bits of what is compressed only fill the byte
            }
            byte[] damaged = whole.clone();
            damaged[place] ^= 0x10;
            HttpResponse<byte[]> response = serving.post(damaged, true);
            assertThat(response.statusCode()).as("damaged at " + place).isIn(400, 413, 422);
            assertThat(frames(response).get(0)).isInstanceOf(Refusal.class);
        }
        assertThat(serving.onServer("select count(*) from godwit_device")).isEqualTo("0");
        assertThat(serving.post(whole, true).statusCode()).isEqualTo(200);
    }

    /** A request that would be decided: an insert of a row. */
    private static byte[] good() {
        return Gzip.compress(SyncCodec.encodeRequest(
                Requests.of(List.of(Requests.transaction(1, Map.of(), insert("task", "id", "title"))))));
    }

    @Test
    void checkpointsAndCursorsOfTheFutureAreResetAndChangeNothing() throws Exception {
        serving.arrives(write("ann"), null);
        String head = serving.onServer("select head from godwit_scope where name = 'red'");
        UUID present = UUID.fromString(serving.onServer("select id from godwit_timeline order by number desc limit 1"));
        for (UUID timeline : List.of(present, new UUID(1, 1))) {
            for (long commit : new long[] {Long.parseLong(head) + 1, Long.MAX_VALUE}) {
                Checkpoint future = new Checkpoint(timeline, commit);
                reset(new ScopePosition("red", future, new Cursor(future, Bytes.EMPTY)));
                reset(new ScopePosition("red", Checkpoint.NONE, new Cursor(future, Bytes.EMPTY)));
                reset(new ScopePosition("red", future, Cursor.NONE));
            }
        }
        assertThat(serving.onServer("select head from godwit_scope where name = 'red'"))
                .isEqualTo(head);
    }

    private void reset(ScopePosition position) throws Exception {
        List<Frame> frames = ask(Requests.of(0, position, List.of()));
        ScopeNotice notice = only(frames, ScopeNotice.class);
        assertThat(notice.kind()).isEqualTo(ScopeNotice.Kind.RESET);
        assertThat(notice.message()).contains("everything is read and sent again");
        assertThat(only(frames, Cut.class).checkpoints()).isEmpty();
    }

    @Test
    void whatTheDeviceConfirmsBeyondTheServersPlacesIsReset() throws Exception {
        ScopePosition beginning = new ScopePosition("red", Checkpoint.NONE, Cursor.NONE);
        List<Frame> frames = ask(Requests.of(1_000, beginning, List.of()));
        assertThat(only(frames, ScopeNotice.class).kind()).isEqualTo(ScopeNotice.Kind.RESET);
    }

    @Test
    void deviceWhoseCheckpointIsOfTheFutureReadsAllAgainAndLosesNothing() {
        serving.arrives(write("ann"), null);
        serving.onDevice("ann", "update godwit_scope set commit_number = 1000, cursor_commit = 1000");
        try (HttpTransport transport = serving.transport(serving.address(), null);
                Godwit db = serving.device("ann", transport)) {
            db.write(tx -> tx.run("insert into task values ('more', 'red', 'after')"));
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(result.requests())
                    .as("one that is reset, one that sends again what was accepted, one that is answered with rows")
                    .isEqualTo(3);
            assertThat(db.query("select id from task")).hasSize(2);
            assertThat(db.status().checkpoints().get("red")).isEqualTo(2L);
        }
        assertThat(serving.onServer("select group_concat(id) from (select id from task order by id)"))
                .isEqualTo("ann,more");
    }

    private String write(String name) {
        try (HttpTransport transport = serving.transport(serving.address(), null);
                Godwit db = serving.device(name, transport)) {
            db.write(tx -> tx.run("insert into task values (?, 'red', 'before')", name));
        }
        return name;
    }
}
