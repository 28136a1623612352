package dev.godwit.wire;

import static dev.godwit.wire.Samples.block;
import static dev.godwit.wire.Samples.key;
import static dev.godwit.wire.Samples.row;
import static dev.godwit.wire.Samples.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** At each limit a message is read; one beyond it is refused, and the limit is named. */
final class LimitsTest {
    /** Of the message of a block of one row, as {@link #one} makes it. */
    private static final int FIELDS_OF_ONE = 13;

    @Test
    void transactionBytes() {
        byte[] changes = Changes.encode(Samples.blocks());
        boundary("transactionBytes", changes.length, limits -> Changes.decode(changes, limits));
    }

    @Test
    void transactionBytesOfEachTransactionOfARequest() {
        int largest = Samples.request().transactions().get(0).changes().length;
        byte[] request = SyncCodec.encodeRequest(Samples.request());
        boundary("transactionBytes", largest, limits -> SyncCodec.decodeRequest(request, limits));
    }

    @Test
    void transactionRowsOverAllBlocks() {
        int rows =
                Samples.blocks().stream().mapToInt(block -> block.rows().size()).sum();
        byte[] changes = Changes.encode(Samples.blocks());
        boundary("transactionRows", rows, limits -> Changes.decode(changes, limits));
    }

    @Test
    void fieldsOfATransaction() {
        List<RowBlock> most = Collections.nCopies(Bounds.FIELDS / FIELDS_OF_ONE, one(Value.NULL));
        byte[] read = Changes.encode(most);
        assertThat(Changes.misfit(read, Limits.DEFAULT)).isNull();
        assertThat(Changes.decode(read, Limits.DEFAULT)).hasSize(most.size());
        byte[] tooMany = Changes.encode(Collections.nCopies(most.size() + 1, one(Value.NULL)));
        assertThat(Changes.misfit(tooMany, Limits.DEFAULT)).contains("fields of a transaction: 1000001");
        assertThatThrownBy(() -> Changes.decode(tooMany, Limits.DEFAULT)).isInstanceOf(WireException.class);
        assertThat(Changes.decodeOwn(tooMany)).as("what this file wrote").hasSize(most.size() + 1);
    }

    @Test
    void valueBytesOfATextInUtf8() {
        byte[] changes = Changes.encode(List.of(one(Value.of("ü".repeat(500)))));
        boundary("valueBytes", 1_000, limits -> Changes.decode(changes, limits));
    }

    @Test
    void valueBytesOfABlob() {
        byte[] changes = Changes.encode(List.of(one(Value.of(new byte[1_000]))));
        boundary("valueBytes", 1_000, limits -> Changes.decode(changes, limits));
    }

    @Test
    void valueBytesOfACursorsPosition() {
        Cursor cursor = new Cursor(Checkpoint.NONE, Bytes.of(new byte[100]));
        byte[] frame = SyncCodec.encodeFrame(new Page("s", List.of(), cursor));
        boundary("valueBytes", 100, limits -> SyncCodec.decodeFrame(frame, limits));
        byte[] request = SyncCodec.encodeRequest(request(List.of(new ScopePosition("s", Checkpoint.NONE, cursor))));
        boundary("valueBytes", 100, limits -> SyncCodec.decodeRequest(request, limits));
    }

    @Test
    void pageRowsTimesSixteen() {
        List<Value[]> rows = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            rows.add(row(Value.of(i)));
        }
        RowBlock block = new RowBlock("t", RowKind.LEFT, List.of(key("id")), rows);
        byte[] frame = SyncCodec.encodeFrame(new Page("s", List.of(block), Cursor.NONE));
        boundary("pageRows", 10, limits -> SyncCodec.decodeFrame(frame, limits));
    }

    @Test
    void pageBytesAndTransactionBytesOfAFrame() throws IOException {
        byte[] frame = SyncCodec.encodeFrame(new Refusal(Refusal.Code.LATER, "x".repeat(1_000), 0));
        Limits small = Limits.DEFAULT.with("pageBytes", 10);
        int transactionBytes = frame.length - 160;
        boundary(small, "transactionBytes", transactionBytes, limits -> SyncCodec.decodeFrame(frame, limits));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(stream)) {
            writer.write(frame);
        }
        boundary(small, "transactionBytes", transactionBytes, limits -> readAll(stream.toByteArray(), limits));
    }

    @Test
    void pushTransactions() {
        byte[] request = SyncCodec.encodeRequest(Samples.request());
        boundary("pushTransactions", 3, limits -> SyncCodec.decodeRequest(request, limits));
    }

    @Test
    void pushTransactionsBoundDecisions() {
        byte[] frame = SyncCodec.encodeFrame(new Decisions(receipts(7)));
        boundary("pushTransactions", 7, limits -> SyncCodec.decodeFrame(frame, limits));
    }

    @Test
    void receiptsPerCutTimesSixteen() {
        byte[] frame = SyncCodec.encodeFrame(new Cut(receipts(32), Map.of(), 1, 1));
        boundary("receiptsPerCut", 2, limits -> SyncCodec.decodeFrame(frame, limits));
    }

    @Test
    void scopesPerDevice() {
        byte[] request = SyncCodec.encodeRequest(Samples.emptyRequest(5));
        boundary("scopesPerDevice", 5, limits -> SyncCodec.decodeRequest(request, limits));
        Map<String, Checkpoint> checkpoints = new HashMap<>();
        for (int i = 0; i < 5; i++) {
            checkpoints.put("s" + i, Samples.at(i));
        }
        byte[] frame = SyncCodec.encodeFrame(new Cut(List.of(), checkpoints, 1, 1));
        boundary("scopesPerDevice", 5, limits -> SyncCodec.decodeFrame(frame, limits));
    }

    @Test
    void scopeNameChars() {
        String scope = "ü".repeat(50);
        byte[] request =
                SyncCodec.encodeRequest(request(List.of(new ScopePosition(scope, Checkpoint.NONE, Cursor.NONE))));
        boundary("scopeNameChars", 50, limits -> SyncCodec.decodeRequest(request, limits));
        for (Frame frame : List.of(
                new Page(scope, List.of(), Cursor.NONE),
                new ScopeNotice(scope, ScopeNotice.Kind.DENIED, ""),
                new Cut(List.of(), Map.of(scope, Checkpoint.NONE), 1, 1))) {
            byte[] bytes = SyncCodec.encodeFrame(frame);
            boundary("scopeNameChars", 50, limits -> SyncCodec.decodeFrame(bytes, limits));
        }
    }

    @Test
    void requestBytes() {
        byte[] request = SyncCodec.encodeRequest(Samples.request());
        boundary("requestBytes", request.length, limits -> SyncCodec.decodeRequest(request, limits));
    }

    @Test
    void inflationRatioAboveTheFirstMebibyte() {
        byte[] small = Gzip.compress(new byte[1 << 20]);
        assertThatCode(() -> inflate(small, Long.MAX_VALUE, Limits.DEFAULT.with("inflationRatio", 1)))
                .doesNotThrowAnyException();
        byte[] zeros = GzipTest.bomb(4 << 20);
        assertThatCode(() -> inflate(zeros, Long.MAX_VALUE, Limits.DEFAULT.with("inflationRatio", 1_100)))
                .doesNotThrowAnyException();
        tooLarge("inflationRatio", () -> inflate(zeros, Long.MAX_VALUE, Limits.DEFAULT.with("inflationRatio", 900)));
    }

    @Test
    void theLengthThatMayBeInflated() {
        byte[] compressed = Gzip.compress(new byte[1_000]);
        assertThatCode(() -> inflate(compressed, 1_000, Limits.DEFAULT)).doesNotThrowAnyException();
        tooLarge("on what is inflated", () -> inflate(compressed, 999, Limits.DEFAULT));
    }

    @Test
    void namesOfTablesAndColumns() {
        String longest = "n".repeat(Limits.NAME_CHARS);
        assertThatCode(() -> decode(block(longest, RowKind.DELETE, List.of(key(longest)))))
                .doesNotThrowAnyException();
        tooLarge("of a name", () -> decode(block(longest + "n", RowKind.DELETE, List.of(key("id")))));
        tooLarge("of a name", () -> decode(block("t", RowKind.DELETE, List.of(key(longest + "n")))));
    }

    @Test
    void namesOfTheApplicationAndTheBoot() {
        String longest = "n".repeat(Limits.NAME_CHARS);
        assertThatCode(() -> decode(request(longest, longest))).doesNotThrowAnyException();
        tooLarge("of a name", () -> decode(request(longest + "n", "")));
        byte[] boot = Messages.SyncRequest.newBuilder()
                .addBootIds(longest + "n")
                .build()
                .toByteArray();
        byte[] valid = SyncCodec.encodeRequest(request("", ""));
        byte[] both = Arrays.copyOf(valid, valid.length + boot.length);
        System.arraycopy(boot, 0, both, valid.length, boot.length);
        tooLarge("of a name", () -> SyncCodec.decodeRequest(both, Limits.DEFAULT));
    }

    @Test
    void aBootWhoseNameNoServerReadsIsNotKnown() {
        String longest = "n".repeat(Limits.NAME_CHARS);
        assertThat(new DeviceClock(1, 1, longest).bootId()).isEqualTo(longest);
        assertThat(new DeviceClock(1, 1, longest + "n").bootId()).isEmpty();
    }

    @Test
    void aMessageNamesTheTableTheValueAndTheLimit() {
        byte[] changes = Changes.encode(List.of(one(Value.of(new byte[1_001]))));
        assertThatThrownBy(() -> Changes.decode(changes, Limits.DEFAULT.with("valueBytes", 1_000)))
                .hasMessage("table t: bytes of a value: 1001, over the limit valueBytes = 1000");
    }

    private static void boundary(String limit, int size, Consumer<Limits> decode) {
        boundary(Limits.DEFAULT, limit, size, decode);
    }

    private static void boundary(Limits others, String limit, int size, Consumer<Limits> decode) {
        assertThatCode(() -> decode.accept(others.with(limit, size))).doesNotThrowAnyException();
        tooLarge(limit, () -> decode.accept(others.with(limit, size - 1)));
    }

    private static void tooLarge(String limit, ThrowingCallable decode) {
        assertThatThrownBy(decode)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.kind()).isEqualTo(WireException.Kind.TOO_LARGE))
                .hasMessageContaining(limit);
    }

    private static RowBlock one(Value value) {
        return block("t", RowKind.UPDATE, List.of(key("id"), set("a")), row(Value.of(1), value));
    }

    private static List<Receipt> receipts(int count) {
        List<Receipt> receipts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            receipts.add(new Receipt(Samples.id(i), i, new Outcome.Voided()));
        }
        return receipts;
    }

    private static SyncRequest request(List<ScopePosition> scopes) {
        return new SyncRequest(1, Samples.DEVICE, 0, new DeviceClock(1, 1, ""), scopes, List.of(), List.of(), "");
    }

    private static SyncRequest request(String application, String boot) {
        return new SyncRequest(
                1, Samples.DEVICE, 0, new DeviceClock(1, 1, boot), List.of(), List.of(), List.of(), application);
    }

    private static void decode(RowBlock block) {
        Changes.decode(Changes.encode(List.of(block)), Limits.DEFAULT);
    }

    private static void decode(SyncRequest request) {
        SyncCodec.decodeRequest(SyncCodec.encodeRequest(request), Limits.DEFAULT);
    }

    private static void readAll(byte[] stream, Limits limits) {
        try (FrameReader reader = new FrameReader(new ByteArrayInputStream(stream), limits)) {
            while (reader.nextBytes() != null) {
                continue;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void inflate(byte[] bytes, long max, Limits limits) throws IOException {
        Gzip.decompressing(new ByteArrayInputStream(bytes), max, limits).readAllBytes();
    }
}
