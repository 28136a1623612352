package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What the messages cost in bytes and, loosely, in time. The figures are printed; {@code docs/protocol-messages.md}
 * quotes them.
 */
final class SizeTest {

    @Test
    void aSmallUpdateInItsOwnTransactionCostsLessThan45Bytes() {
        SyncRequest request = Samples.statusUpdates(new Random(1), 1_000);
        byte[] compressed = Gzip.compress(SyncCodec.encodeRequest(request));
        System.out.printf("push of 1,000 updates: %.1f bytes each%n", compressed.length / 1_000.0);
        assertThat(compressed.length).isLessThan(45 * 1_000);
    }

    @Test
    void askingWhetherAnythingChangedIsOneSmallRequest() {
        int bytes = SyncCodec.encodeRequest(Samples.emptyRequest(3)).length;
        System.out.println("request without changes, 3 scopes: " + bytes + " bytes");
        assertThat(bytes).isLessThan(200);
    }

    @Test
    void anAcceptedTransactionCostsLessThan20BytesInTheAnswer() {
        List<Receipt> receipts = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Outcome applied = new Outcome.Applied(Map.of("north", 123_456L + i), List.of());
            receipts.add(new Receipt(
                    Samples.statusUpdates(new Random(i), 1)
                            .transactions()
                            .get(0)
                            .id(),
                    501 + i,
                    applied));
        }
        byte[] compressed = Gzip.compress(SyncCodec.encodeFrame(new Decisions(receipts)));
        System.out.printf("decisions about 1,000 transactions: %.1f bytes each%n", compressed.length / 1_000.0);
        assertThat(compressed.length).isLessThan(20 * 1_000);
    }

    @Test
    void aPageOfRowsIsSmallerThanItsTexts() {
        byte[] encoded = Changes.encode(List.of(Samples.workOrders(new Random(1), 2_000)));
        int compressed = Gzip.compress(encoded).length;
        System.out.printf(
                "page of 2,000 rows of 9 columns: %.1f bytes a row, %.1f compressed%n",
                encoded.length / 2e3, compressed / 2e3);
        assertThat(compressed).isLessThan(45 * 2_000);
    }

    @Test
    void aHundredThousandRowsAreCodedInWellUnderASecond() {
        List<RowBlock> blocks = List.of(Samples.workOrders(new Random(1), 100_000));
        long encoding = Long.MAX_VALUE;
        long decoding = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            long start = System.nanoTime();
            byte[] bytes = Changes.encode(blocks);
            long middle = System.nanoTime();
            assertThat(Changes.decode(bytes, Limits.DEFAULT)).hasSize(1);
            encoding = Math.min(encoding, middle - start);
            decoding = Math.min(decoding, System.nanoTime() - middle);
        }
        System.out.printf(
                "100,000 rows of 9 columns: encoded in %d ms, decoded in %d ms%n",
                encoding / 1_000_000, decoding / 1_000_000);
        assertThat(encoding).isLessThan(1_000_000_000L);
        assertThat(decoding).isLessThan(1_000_000_000L);
    }

    @Test
    void decodedRowsTakeNoMoreThanTheyAreCounted() {
        byte[] bytes = Changes.encode(List.of(Samples.workOrders(new Random(1), 20_000)));
        long before = Allocated.bytes();
        Changes.decode(bytes, Limits.DEFAULT);
        long allocated = Allocated.bytes() - before;
        System.out.printf(
                "20,000 rows of 9 columns: %d bytes encoded, %d allocated to decode%n", bytes.length, allocated);
        assertThat(allocated).isLessThan(20L * bytes.length);
    }
}
