package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.Pace;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.TransactionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SyncCodecTest {

    @Test
    void aRequestComesBackAsItWas() {
        assertThat(roundTrip(Samples.request())).isEqualTo(Samples.request());
        assertThat(roundTrip(Samples.emptyRequest(0))).isEqualTo(Samples.emptyRequest(0));
        assertThat(roundTrip(Samples.emptyRequest(3))).isEqualTo(Samples.emptyRequest(3));
    }

    @Test
    void randomRequestsComeBackAsTheyWere() {
        Random random = Seed.random("SyncCodecTest");
        for (int i = 0; i < 2_000; i++) {
            SyncRequest request = randomRequest(random);
            assertThat(roundTrip(request)).isEqualTo(request);
        }
    }

    @Test
    void everyFrameComesBackAsItWas() {
        Samples.frames()
                .forEach((name, frame) -> assertThat(
                                Plain.of(SyncCodec.decodeFrame(SyncCodec.encodeFrame(frame), Limits.DEFAULT)))
                        .as(name)
                        .isEqualTo(Plain.of(frame)));
    }

    @Test
    void aPaceThatMakesNoSenseCostsNobodyTheAnswer() {
        Messages.Pace silly = Messages.Pace.newBuilder()
                .setIntervalMillis(-1)
                .setTransactions(Long.MIN_VALUE)
                .setBytes(Long.MAX_VALUE)
                .build();
        Opening said = (Opening) Samples.frames().get("opening");
        byte[] frame = FrameEncoder.encode(said).toBuilder()
                .setOpening(FrameEncoder.encode(said).getOpening().toBuilder().setPace(silly))
                .build()
                .toByteArray();
        assertThat(((Opening) SyncCodec.decodeFrame(frame, Limits.DEFAULT)).pace())
                .isEqualTo(new Pace(0, 0, Long.MAX_VALUE));
        assertThat(((Opening) SyncCodec.decodeFrame(SyncCodec.encodeFrame(said), Limits.DEFAULT)).pace())
                .as("none is said")
                .isEqualTo(Pace.NONE);
    }

    @Test
    void everyOutcomeComesBackAsItWas() {
        for (Outcome outcome : Samples.outcomes()) {
            assertThat(SyncCodec.decodeOutcome(SyncCodec.encodeOutcome(outcome)))
                    .isEqualTo(outcome);
        }
        for (RejectionCode code : RejectionCode.values()) {
            Outcome outcome = new Outcome.Rejected(code, "m", "t", null);
            assertThat(SyncCodec.decodeOutcome(SyncCodec.encodeOutcome(outcome)))
                    .isEqualTo(outcome);
        }
    }

    @Test
    void oneMalformedTransactionDoesNotSpoilTheRequest() {
        SyncRequest good = Samples.request();
        PushedTransaction first = good.transactions().get(0);
        PushedTransaction bad = new PushedTransaction(
                first.id(), 12, first.bases(), first.writtenAt(), List.of(), false, new byte[] {-1, -1, -1});
        SyncRequest mixed = new SyncRequest(
                1, good.device(), 11, good.clock(), good.scopes(), List.of(), List.of(bad), good.application());
        assertThat(roundTrip(mixed)).isEqualTo(mixed);
        assertThatThrownBy(() -> Changes.decode(bad.changes(), Limits.DEFAULT)).isInstanceOf(WireException.class);
    }

    @Test
    void aRequestSaysWhetherItTakesEditsOfTexts() {
        SyncRequest whole = Samples.request();
        SyncRequest edits = new SyncRequest(
                1, whole.device(), 11, whole.clock(), whole.scopes(), List.of(), List.of(), whole.application(), true);
        assertThat(roundTrip(edits)).isEqualTo(edits);
        assertThat(roundTrip(whole).takesEdits()).isFalse();
    }

    @Test
    void aRefusalWithAnUnknownCodeIsInternal() {
        byte[] newer = Messages.Frame.newBuilder()
                .setRefusal(Messages.Refusal.newBuilder()
                        .setCodeValue(99)
                        .setMessage("new")
                        .setRetryAfterMillis(7))
                .build()
                .toByteArray();
        assertThat(SyncCodec.decodeFrame(newer, Limits.DEFAULT))
                .isEqualTo(new Refusal(Refusal.Code.INTERNAL, "new", 7));
    }

    /** Found by fuzzing: a sync that ended without a word. */
    @Test
    void aRefusalThatSaysNothingGetsAWord() {
        byte[] empty = Messages.Frame.newBuilder()
                .setRefusal(Messages.Refusal.newBuilder().setMessage(" "))
                .build()
                .toByteArray();
        assertThat(SyncCodec.decodeFrame(empty, Limits.DEFAULT))
                .isEqualTo(new Refusal(Refusal.Code.INTERNAL, "the server refused and does not say why (INTERNAL)", 0));
    }

    @Test
    void whatOnlyANewerVersionKnowsIsUnsupported() {
        Messages.Block.Builder block = Messages.Block.newBuilder().setTable("t");
        Messages.Column.Builder column =
                Messages.Column.newBuilder().setName("id").setRoleValue(1);
        unsupported(() -> changes(block.clone().setKindValue(9)));
        unsupported(() ->
                changes(block.clone().setKindValue(1).addColumns(column.clone().setRoleValue(9))));
        unsupported(() -> SyncCodec.decodeOutcome(new byte[] {0x7a, 0}));
        unsupported(() -> SyncCodec.decodeFrame(new byte[] {0x4a, 0}, Limits.DEFAULT));
        unsupported(() -> SyncCodec.decodeFrame(new byte[0], Limits.DEFAULT));
        unsupported(() -> SyncCodec.decodeFrame(
                Messages.Frame.newBuilder()
                        .setNotice(
                                Messages.ScopeNotice.newBuilder().setScope("s").setKindValue(9))
                        .build()
                        .toByteArray(),
                Limits.DEFAULT));
    }

    @Test
    void fieldsThatANewerVersionAddsAreIgnored() {
        byte[] request = SyncCodec.encodeRequest(Samples.request());
        byte[] longer = java.util.Arrays.copyOf(request, request.length + 3);
        longer[request.length] = (byte) 0xa0; // field 100, a varint
        longer[request.length + 1] = 0x06;
        longer[request.length + 2] = 5;
        assertThat(SyncCodec.decodeRequest(longer, Limits.DEFAULT)).isEqualTo(Samples.request());
    }

    @Test
    void aBodyThatIsNoRequestIsNamed() {
        assertThatThrownBy(() -> SyncCodec.decodeRequest("{\"json\":1}".getBytes(), Limits.DEFAULT))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("the request does not speak Godwit: it begins with '{\"json\":1}'");
    }

    private static void changes(Messages.Block.Builder block) {
        Changes.decode(Messages.Changes.newBuilder().addBlocks(block).build().toByteArray(), Limits.DEFAULT);
    }

    private static void unsupported(org.assertj.core.api.ThrowableAssert.ThrowingCallable decode) {
        assertThatThrownBy(decode)
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.kind()).isEqualTo(WireException.Kind.UNSUPPORTED_VERSION));
    }

    private static SyncRequest roundTrip(SyncRequest request) {
        return SyncCodec.decodeRequest(SyncCodec.encodeRequest(request), Limits.DEFAULT);
    }

    private static SyncRequest randomRequest(Random random) {
        List<ScopePosition> scopes = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            scopes.add(new ScopePosition("s" + i, checkpoint(random), new Cursor(checkpoint(random), bytes(random))));
        }
        List<PushedTransaction> transactions = new ArrayList<>();
        long sequence = random.nextInt(100);
        for (int i = random.nextInt(8); i > 0; i--) {
            sequence += 1 + random.nextInt(2);
            transactions.add(transaction(random, sequence));
        }
        return new SyncRequest(
                random.nextLong(),
                new DeviceId(new UUID(random.nextLong(), random.nextLong())),
                random.nextInt(100),
                clock(random),
                scopes,
                random.nextBoolean() ? List.of() : List.of(new FreshColumns("t", List.of("a", "b"))),
                transactions,
                random.nextBoolean() ? "" : "app ü");
    }

    private static PushedTransaction transaction(Random random, long sequence) {
        Map<String, Checkpoint> bases = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            bases.put("s" + random.nextInt(6), checkpoint(random));
        }
        List<Long> after = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            after.add(random.nextBoolean() ? sequence - i : random.nextLong());
        }
        boolean isVoid = random.nextInt(4) == 0;
        return new PushedTransaction(
                new TransactionId(new UUID(random.nextLong(), random.nextLong())),
                sequence,
                bases,
                clock(random),
                after,
                isVoid,
                isVoid ? new byte[0] : bytes(random).value());
    }

    private static DeviceClock clock(Random random) {
        return random.nextInt(4) == 0
                ? new DeviceClock(random.nextLong(), random.nextLong(), "boot" + random.nextInt(3))
                : new DeviceClock(Samples.MILLIS + random.nextInt(1000), random.nextInt(), "");
    }

    private static Checkpoint checkpoint(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Checkpoint.NONE;
            case 1 -> Samples.at(random.nextLong() & Long.MAX_VALUE);
            default -> new Checkpoint(new UUID(random.nextLong(), random.nextLong()), random.nextInt(1000));
        };
    }

    private static Bytes bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(5)];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }
}
