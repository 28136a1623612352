package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.Outcome.LostCell;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the server counts is what a reader counts, and what the server lets through fits into a message. */
class OutcomeBoundsTest {
    private static final Rekeyed REKEYED = new Rekeyed("t", Key.of(Value.of(1)), Key.of(Value.of(2)));
    private static final LostCell CELL = new LostCell("t", Key.of(Value.of(1)), "c");
    private static final LostCell ROW = new LostCell("t", new Key(List.of(Value.of("a"), Value.of(1))), null);

    /** An outcome of so many fields, of rows with other keys as far as they go. */
    private static Outcome.Applied applied(long fields) {
        Map<String, Long> commits = Map.of("red", 1L);
        List<LostCell> lost = new ArrayList<>();
        long room = fields - OutcomeBounds.fields(new Outcome.Applied(commits, List.of(), List.of()));
        while (room % 6 != 0) {
            room -= 5;
            lost.add(CELL);
        }
        return new Outcome.Applied(commits, lost, Collections.nCopies(Math.toIntExact(room / 6), REKEYED));
    }

    private static Receipt receipt(long sequence, Outcome outcome) {
        return new Receipt(new TransactionId(new UUID(0, sequence)), sequence, outcome);
    }

    @Test
    void theyAreCountedAsAReaderCountsThem() {
        for (int i = 0; i < 3; i++) {
            Outcome most = applied(Bounds.FIELDS - i);
            assertThat(OutcomeBounds.fields(most)).isEqualTo(Bounds.FIELDS - i);
            assertThat(SyncCodec.decodeOutcome(SyncCodec.encodeOutcome(most))).isEqualTo(most);
        }
        byte[] more = SyncCodec.encodeOutcome(applied(Bounds.FIELDS + 1));
        assertThatThrownBy(() -> SyncCodec.decodeOutcome(more))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.kind()).isEqualTo(WireException.Kind.TOO_LARGE));
        assertThat(OutcomeBounds.fields(new Outcome.Applied(Map.of(), List.of(ROW), List.of())))
                .isEqualTo(7);
        assertThat(OutcomeBounds.fields(new Outcome.Voided())).isEqualTo(1);
    }

    @Test
    void newKeysOfADuplicateAreBoundedLikeOthers() {
        int most = (Bounds.FIELDS - 1) / 6;
        Outcome all = new Outcome.Duplicate(Collections.nCopies(most, REKEYED));
        assertThat(OutcomeBounds.fields(all)).isLessThanOrEqualTo(Bounds.FIELDS);
        assertThat(SyncCodec.decodeOutcome(SyncCodec.encodeOutcome(all))).isEqualTo(all);
        byte[] more = SyncCodec.encodeOutcome(new Outcome.Duplicate(Collections.nCopies(most + 1, REKEYED)));
        assertThatThrownBy(() -> SyncCodec.decodeOutcome(more)).isInstanceOf(WireException.class);
    }

    @Test
    void theMostThatIsDecidedFitsIntoACut() {
        List<Receipt> receipts = new ArrayList<>();
        receipts.add(receipt(1, applied(OutcomeBounds.FIELDS_UNCONFIRMED)));
        receipts.add(receipt(2, applied(OutcomeBounds.FIELDS_OF_ONE)));
        while (receipts.size() < Limits.DEFAULT.receiptsPerCut()) {
            receipts.add(receipt(receipts.size() + 1, new Outcome.Voided()));
        }
        Map<String, Checkpoint> checkpoints = new HashMap<>();
        for (int i = 0; i < Limits.DEFAULT.scopesPerDevice(); i++) {
            checkpoints.put("scope " + i, new Checkpoint(new UUID(1, 1), i));
        }
        Cut cut = new Cut(receipts, checkpoints, 1, 1);
        assertThat(SyncCodec.decodeFrame(SyncCodec.encodeFrame(cut), Limits.DEFAULT))
                .isEqualTo(cut);
    }

    @Test
    void theLargestThatIsDecidedFitsIntoAFrame() {
        int unconfirmed = OutcomeBounds.bytesUnconfirmed(Limits.DEFAULT);
        List<Receipt> receipts = new ArrayList<>();
        receipts.add(receipt(1, losing(unconfirmed)));
        receipts.add(receipt(2, losing(OutcomeBounds.bytesOfOne(Limits.DEFAULT))));
        while (receipts.size() < Limits.DEFAULT.receiptsPerCut()) {
            receipts.add(receipt(receipts.size() + 1, new Outcome.Voided()));
        }
        String name = "€".repeat(Limits.DEFAULT.scopeNameChars() - 4);
        Map<String, Checkpoint> checkpoints = new HashMap<>();
        for (int i = 0; i < Limits.DEFAULT.scopesPerDevice(); i++) {
            checkpoints.put(name + i, new Checkpoint(new UUID(1, 1), i));
        }
        byte[] cut = SyncCodec.encodeFrame(new Cut(receipts, checkpoints, 1, 1));
        assertThat(cut.length).isGreaterThan(3 * unconfirmed);
        assertThat(SyncCodec.decodeFrame(cut, Limits.DEFAULT)).isInstanceOf(Cut.class);
    }

    /** An outcome of nearly so many bytes, which are a key's. */
    private static Outcome losing(int bytes) {
        Key key = Key.of(Value.of(new byte[bytes - 100]));
        return new Outcome.Applied(Map.of("red", 1L), List.of(new LostCell("t", key, "c")));
    }

    @Test
    void bytesAreAtLeastTwiceTheFields() {
        for (Outcome outcome : List.of(applied(100), new Outcome.Voided(), new Outcome.Duplicate())) {
            assertThat(OutcomeBounds.fieldsAtMost(SyncCodec.encodeOutcome(outcome).length))
                    .isGreaterThanOrEqualTo(OutcomeBounds.fields(outcome));
        }
    }
}
