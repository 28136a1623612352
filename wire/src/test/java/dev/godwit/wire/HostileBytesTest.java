package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Messages that nobody honest sends: each is refused, soon and without much memory. */
final class HostileBytesTest {

    private static final long MUCH = 64 << 20;

    // -------------------------------------------------------------------------------------------------------- bombs

    @Test
    void aFewBytesCannotClaimMillionsOfRows() {
        refused("bytes of keys", block(2_000_000, column("id", 1, run(1, 1)).setIntegers(bytes(2))));
    }

    @Test
    void aDictionaryOfOneLargeValueCannotStandInAMillionRows() {
        int rows = 1_000_000;
        byte[] large = new byte[1 << 20];
        Messages.Column.Builder key = column("id", 1, run(rows, 1)).setIntegers(ByteString.copyFrom(new byte[rows]));
        Messages.Column.Builder value =
                column("a", 2, run(1, 4)).setLengths(varint(large.length)).setBlobs(ByteString.copyFrom(large));
        refused("decoded bytes", block(rows, key, value.clone().setIndexes(ByteString.copyFrom(new byte[rows]))));
        refused("decoded bytes", block(rows, key, value));
    }

    @Test
    void manyConstantColumnsCannotFillTheMemory() {
        int rows = 1_000_000;
        Messages.Column.Builder[] columns = new Messages.Column.Builder[500];
        columns[0] = column("id", 1, run(rows, 1)).setIntegers(ByteString.copyFrom(new byte[rows]));
        for (int i = 1; i < columns.length; i++) {
            columns[i] = column("c" + i, 2, run(1, 0));
        }
        refused("decoded bytes", block(rows, columns));
    }

    @Test
    void millionsOfEmptyMessagesAreCountedBeforeTheyAreMade() {
        refusedAsTooLarge("fields", () -> Changes.decode(repeat(Bounds.FIELDS + 1, 0x0a, 0), Limits.DEFAULT));
        refusedAsTooLarge("fields", () -> SyncCodec.decodeOutcome(nest(repeat(Bounds.FIELDS, 0x12, 0), 1)));
        refusedAsTooLarge("fields", () -> SyncCodec.decodeOutcome(nest(repeat(Bounds.FIELDS, 0x12, 0), 2, 1)));
        refusedAsTooLarge("fields", () -> frame(nest(repeat(Bounds.FIELDS, 0x0a, 0), 2)));
        refusedAsTooLarge("fields", () -> frame(nest(repeat(Bounds.FIELDS, 0x12, 0), 1, 3, 1, 2)));
        refusedAsTooLarge("fields", () -> frame(nest(repeat(Bounds.FIELDS, 0x12, 0), 4)));
        refusedAsTooLarge("fields", () -> frame(nest(repeat(Bounds.FIELDS, 0x22, 0), 2, 4)));
        refusedAsTooLarge("fields", () -> frame(nest(repeat(Bounds.FIELDS, 0x12, 0), 5)));
        refusedAsTooLarge("fields", () -> request(repeat(Bounds.FIELDS + 1, 0x52, 0)));
        refusedAsTooLarge("fields", () -> request(repeat(Bounds.FIELDS + 1, 0x62, 0)));
    }

    @Test
    void unknownFieldsAreCountedToo() {
        refusedAsTooLarge("fields", () -> Changes.decode(repeat(Bounds.FIELDS + 1, 0x78, 0), Limits.DEFAULT));
        refusedAsTooLarge("fields", () -> frame(nest(repeat(Bounds.FIELDS, 0x78, 0), 1, 3, 4)));
    }

    @Test
    void packedNumbersAreCountedToo() {
        for (int list : new int[] {2, 3, 4, 5, 6, 8, 9, 10, 11}) {
            refusedAsTooLarge("fields", () -> request(nest(new byte[Bounds.FIELDS + 1], list, 13)));
        }
        refusedAsTooLarge("fields", () -> request(nest(new byte[Bounds.FIELDS + 1], 1, 10)));
        refusedAsTooLarge("fields", () -> request(nest(new byte[Bounds.FIELDS + 1], 1, 11)));
    }

    @Test
    void groupsAreRefusedHoweverDeep() {
        byte[] groups = repeat(100_000, 0x7b, 0x7b);
        refused("group", groups);
        refused("group", nest(groups, 4, 1));
    }

    // ------------------------------------------------------------------------------------------------ broken columns

    @Test
    void runsMustAddUpToTheRows() {
        refused("entries", block(2, column("id", 1, run(3, 1)).setIntegers(bytes(1, 2, 3))));
        refused("2 entries for 3 rows", block(3, column("id", 1, run(2, 1)).setIntegers(bytes(0x80, 1, 2))));
        refused("a run of 0", block(1, column("id", 1, run(0, 1)).setIntegers(bytes(1))));
        refused(
                "a run of",
                block(
                        1,
                        column("id", 1, ByteString.copyFrom(repeat(9, 0xff, 1))).setIntegers(bytes(1))));
    }

    @Test
    void everyByteOfAColumnMustBeUsed() {
        Messages.Column.Builder good = column("id", 1, run(1, 1)).setIntegers(bytes(2));
        assertThat(Changes.decode(block(1, good), Limits.DEFAULT)).hasSize(1);
        refused("after the last of its integers", block(1, good.clone().setIntegers(bytes(2, 3))));
        refused("after the last of its lengths", block(1, good.clone().setLengths(bytes(3))));
        refused("after the last of its reals", block(1, good.clone().setReals(bytes(3))));
        refused("after the last of its texts", block(1, good.clone().setTexts(bytes(65))));
        refused("after the last of its blobs", block(1, good.clone().setBlobs(bytes(65))));
        refused("after the last of its uuids", block(1, good.clone().setUuids(bytes(65))));
        refused("after the last of its indexes", block(1, good.clone().setIndexes(bytes(0, 0))));
    }

    @Test
    void valuesMustBeThere() {
        refused(
                "integers end too early",
                block(2, column("id", 1, run(2, 1)).setIntegers(bytes(1)).setUuids(bytes(1))));
        refused("reals end too early", block(1, column("id", 1, run(1, 2)).setReals(bytes(1, 2, 3))));
        refused(
                "texts end too early",
                block(1, column("id", 1, run(1, 3)).setLengths(bytes(2)).setTexts(bytes(65))));
        refused(
                "blobs end too early",
                block(1, column("id", 1, run(1, 4)).setLengths(bytes(2)).setBlobs(bytes(65))));
        refused("uuids end too early", block(1, column("id", 1, run(1, 5)).setUuids(bytes(1))));
        refused("lengths end too early", block(1, column("id", 1, run(1, 4)).setBlobs(bytes(1))));
        refused("cannot be read", block(1, column("id", 1, run(1, 1)).setIntegers(bytes(0x80))));
    }

    @Test
    void lengthsAndIndexesMustPointInside() {
        ByteString huge = ByteString.copyFrom(new byte[] {-1, -1, -1, -1, 15});
        refused("a length of 4294967295", block(1, column("id", 1, run(1, 4)).setLengths(huge)));
        Messages.Column.Builder dictionary = column("id", 1, run(1, 1)).setIntegers(bytes(2));
        refused("index 1 into 1", block(2, dictionary.clone().setIndexes(bytes(0, 1))));
        refused("index 4294967295", block(1, dictionary.clone().setIndexes(huge)));
    }

    @Test
    void textsMustBeUtf8EachOnItsOwn() {
        refused(
                "not UTF-8",
                block(1, column("id", 1, run(1, 3)).setLengths(bytes(1)).setTexts(bytes(0xff))));
        refused(
                "within a character",
                block(2, column("id", 1, run(2, 3)).setLengths(bytes(1, 1)).setTexts(bytes(0xc3, 0xbc))));
    }

    @Test
    void keysAndDeltasHaveNoNulls() {
        Messages.Column.Builder id = column("id", 1, run(1, 1)).setIntegers(bytes(2));
        ByteString notANumber = ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xf8, 0x7f});
        refused("NULL in a key", block(1, column("id", 1, run(1, 0))));
        refused("NaN", block(1, column("id", 1, run(1, 2)).setReals(notANumber)));
        refused("a delta that is no integer", block(1, id, column("n", 3, run(1, 0))));
        refused(
                "a delta that is no integer",
                block(1, id, column("n", 3, run(1, 2)).setReals(notANumber)));
    }

    // ------------------------------------------------------------------------------------------------- broken blocks

    @Test
    void columnsMustBeInPlace() {
        Messages.Column.Builder id = column("id", 1, run(1, 1)).setIntegers(bytes(2));
        Messages.Column.Builder set = column("a", 2, run(1, 0));
        refused("key columns do not come first", block(1, set));
        refused("key columns do not come first", block(1, id, set, id.clone().setName("b")));
        refused("is there twice", block(1, id, set, set));
        refused("is there twice", block(1, id, set, set.clone().setName("A")));
        refused("is no key column", changes(block(1, id, set), Messages.Block.Kind.DELETE));
        refused("is no key column", changes(block(1, id, set), Messages.Block.Kind.LEFT));
        refused("without columns", block(1));
        refused("is empty", block(1, id.clone().setName("")));
    }

    @Test
    void negativeCountsAreNoCounts() {
        refused("4294967295 rows", block(-1, column("id", 1, run(1, 1)).setIntegers(bytes(2))));
    }

    @Test
    void anOutcomeHasNoNegativeCommitNumber() {
        Messages.Applied applied = Messages.Applied.newBuilder()
                .addCommits(Messages.ScopeCommit.newBuilder().setScope("north").setCommit(-1))
                .build();
        byte[] outcome =
                Messages.Outcome.newBuilder().setApplied(applied).build().toByteArray();
        assertThatThrownBy(() -> SyncCodec.decodeOutcome(outcome))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("commit number -1");
    }

    @Test
    void bytesAfterTheEndAreRefused() {
        byte[] good = Changes.encode(Samples.blocks());
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        refused("cannot be read", longer);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] good = Changes.encode(List.of(new RowBlock(
                "t",
                RowKind.DELETE,
                List.of(Samples.key("id")),
                List.of(Samples.row(Value.of(300)), Samples.row(Value.of(5))))));
        for (int length = 1; length < good.length; length++) {
            byte[] shorter = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> Changes.decode(shorter, Limits.DEFAULT)).isInstanceOf(WireException.class);
        }
    }

    // ----------------------------------------------------------------------------------------------- broken requests

    @Test
    void aRequestMustPointIntoItsTables() {
        Messages.SyncRequest good = goodRequest();
        refusedRequest("device has 0 bytes", good.toBuilder().clearDevice());
        refusedRequest("boot", good.toBuilder().clearBootIds());
        refusedRequest("scope name", good.toBuilder().clearScopeNames());
        refusedRequest("timelines", good.toBuilder().setTimelines(bytes(1)));
        refusedRequest("timeline", good.toBuilder().clearTimelines());
        refusedRequest("base", good.toBuilder().clearBases());
        refusedRequest("confirmed < 0", good.toBuilder().setConfirmed(-1));
    }

    @Test
    void everyListOfARequestMustHaveAnElementPerTransactionOrNone() {
        Messages.SyncRequest good = goodRequest();
        Messages.Transactions columns = good.getTransactions();
        for (Messages.Transactions.Builder broken : List.of(
                columns.toBuilder().addSequence(1),
                columns.toBuilder().addWallMillis(1),
                columns.toBuilder().addDriftMillis(1),
                columns.toBuilder().addBoot(1),
                columns.toBuilder().addIdTime(1),
                columns.toBuilder().addBase(1),
                columns.toBuilder().addIsVoid(1),
                columns.toBuilder().addDependsCount(1),
                columns.toBuilder().addDependsOn(1),
                columns.toBuilder().clearDependsOn(),
                columns.toBuilder().clearIdTail(),
                columns.toBuilder().setIdTime(0, 1L << 48),
                columns.toBuilder().setDependsCount(0, -1),
                columns.toBuilder().addAllSequence(List.of(-1_000L, 0L, 0L)),
                columns.toBuilder().addChanges(ByteString.EMPTY))) {
            refusedRequest("cannot be read", good.toBuilder().setTransactions(broken));
        }
    }

    @Test
    void aScopeIsNamedOnce() {
        Messages.SyncRequest good = goodRequest();
        Messages.ScopePositions scopes = good.getScopes().toBuilder()
                .setName(1, good.getScopes().getName(0))
                .build();
        refusedRequest("twice", good.toBuilder().setScopes(scopes));
        Messages.Bases bases = good.getBases(0).toBuilder()
                .setName(1, good.getBases(0).getName(0))
                .build();
        refusedRequest("twice", good.toBuilder().setBases(0, bases));
    }

    private static Messages.SyncRequest goodRequest() {
        Messages.SyncRequest good = new RequestWriter(Samples.request()).write();
        SyncCodec.decodeRequest(withMagic(good.toByteArray()), Limits.DEFAULT);
        return good;
    }

    private static void refusedRequest(String message, Messages.SyncRequest.Builder request) {
        byte[] bytes = withMagic(request.build().toByteArray());
        assertThatThrownBy(() -> SyncCodec.decodeRequest(bytes, Limits.DEFAULT))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(message);
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    private static void refused(String message, byte[] changes) {
        cheaply(
                () -> assertThatThrownBy(() -> Changes.decode(changes, Limits.DEFAULT))
                        .isInstanceOf(WireException.class)
                        .hasMessageContaining(message),
                changes.length);
    }

    private static void refusedAsTooLarge(String message, ThrowingCallable decode) {
        cheaply(
                () -> assertThatThrownBy(decode)
                        .isInstanceOfSatisfying(
                                WireException.class, e -> assertThat(e.kind()).isEqualTo(WireException.Kind.TOO_LARGE))
                        .hasMessageContaining(message),
                4 * Bounds.FIELDS);
    }

    private static void cheaply(Runnable decode, int bytes) {
        long before = Allocated.bytes();
        decode.run();
        assertThat(Allocated.bytes() - before).isLessThan(MUCH + 8L * bytes);
    }

    private static void frame(byte[] bytes) {
        SyncCodec.decodeFrame(bytes, Limits.DEFAULT);
    }

    private static void request(byte[] message) {
        SyncCodec.decodeRequest(withMagic(message), Limits.DEFAULT);
    }

    private static byte[] withMagic(byte[] message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(Magic.bytes());
        bytes.writeBytes(message);
        return bytes.toByteArray();
    }

    private static byte[] changes(byte[] changes, Messages.Block.Kind kind) {
        try {
            Messages.Changes message = Messages.Changes.parseFrom(changes);
            return Messages.Changes.newBuilder()
                    .addBlocks(message.getBlocks(0).toBuilder().setKind(kind))
                    .build()
                    .toByteArray();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] block(int rows, Messages.Column.Builder... columns) {
        Messages.Block.Builder block = Messages.Block.newBuilder()
                .setTable("t")
                .setKind(Messages.Block.Kind.UPDATE)
                .setRows(rows);
        for (Messages.Column.Builder column : columns) {
            block.addColumns(column);
        }
        return Messages.Changes.newBuilder().addBlocks(block).build().toByteArray();
    }

    private static Messages.Column.Builder column(String name, int role, ByteString kinds) {
        return Messages.Column.newBuilder().setName(name).setRoleValue(role).setKinds(kinds);
    }

    private static ByteString run(int length, int kind) {
        return varint((long) length << 3 | kind);
    }

    private static ByteString varint(long value) {
        ByteSink sink = new ByteSink();
        sink.varint(value);
        return sink.toByteString();
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    private static byte[] repeat(int times, int first, int second) {
        byte[] bytes = new byte[2 * times];
        for (int i = 0; i < bytes.length; i += 2) {
            bytes[i] = (byte) first;
            bytes[i + 1] = (byte) second;
        }
        return bytes;
    }

    /** Wraps a message in a field of this number, that in one of the next, and so on. */
    private static byte[] nest(byte[] message, int... fields) {
        byte[] wrapped = message;
        for (int field : fields) {
            ByteSink sink = new ByteSink();
            sink.varint((long) field << 3 | 2);
            sink.varint(wrapped.length);
            sink.write(wrapped);
            wrapped = sink.toByteString().toByteArray();
        }
        return wrapped;
    }
}
