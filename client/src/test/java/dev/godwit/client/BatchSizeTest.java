package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BatchSize.Round;
import dev.godwit.model.Limits;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The laws of how much a request takes. */
class BatchSizeTest {
    private static final Limits LIMITS = Limits.DEFAULT;
    private static final long MOST = LIMITS.pushBytes();
    private static final long LEAST = LIMITS.pushBytesMin();
    private static final long QUICK = LIMITS.quickRoundMillis();

    private static Round full(BatchSize size) {
        return new Round(false, QUICK, size.bytes());
    }

    private static Round cut(BatchSize size) {
        return new Round(true, 0, size.bytes());
    }

    @Test
    void whateverTheLinkDoesItStaysWithinItsBounds() {
        long seed = Long.getLong("seed", 77);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int run = 0; run < 200; run++) {
            BatchSize size = BatchSize.first(LIMITS);
            int ofTen = random.nextInt(10);
            for (int i = 0; i < 200; i++) {
                boolean isCut = random.nextInt(10) < ofTen;
                Round round = new Round(isCut, random.nextInt((int) QUICK * 2), random.nextInt((int) MOST * 2));
                BatchSize next = size.after(round, LIMITS);
                assertThat(next.bytes()).isBetween(LEAST, MOST);
                assertThat(next.calm()).isBetween(0, BatchSize.CALM);
                assertThat(next.transactions(LIMITS)).isBetween(1, LIMITS.pushTransactions());
                assertThat(next.bytes() > size.bytes())
                        .as("grows only when quick")
                        .isIn(false, !isCut && round.millis() <= QUICK);
                assertThat(next.bytes() < size.bytes())
                        .as("shrinks only when cut")
                        .isIn(false, isCut);
                size = next;
                least = Math.min(least, size.bytes());
                most = Math.max(most, size.bytes());
            }
        }
        assertThat(least).as("reached").isEqualTo(LEAST);
        assertThat(most).as("reached").isEqualTo(MOST);
    }

    @Test
    void aCutHalvesDownToTheLeastAndQuickAnswersDoubleUpToTheMost() {
        BatchSize size = BatchSize.first(LIMITS);
        assertThat(size.bytes()).isEqualTo(MOST);
        assertThat(size.after(full(size), LIMITS)).as("no more than the most").isEqualTo(size);
        for (long wanted = MOST / 2; wanted >= LEAST; wanted /= 2) {
            size = size.after(cut(size), LIMITS);
            assertThat(size.bytes()).isEqualTo(wanted);
        }
        assertThat(size.bytes()).isEqualTo(LEAST);
        assertThat(size.after(cut(size), LIMITS)).as("no less than the least").isEqualTo(size);
        int rounds = 0;
        for (; size.bytes() < MOST; rounds++) {
            BatchSize next = size.after(full(size), LIMITS);
            long wanted = rounds < BatchSize.CALM ? size.bytes() + size.bytes() / 8 : Math.min(MOST, size.bytes() * 2);
            assertThat(next.bytes()).as("after " + rounds).isEqualTo(wanted);
            size = next;
        }
        assertThat(rounds).isEqualTo(15);
    }

    @Test
    void whatTellsNothingOfTheLinkChangesNothing() {
        BatchSize size = new BatchSize(MOST / 4, 3);
        assertThat(size.after(new Round(true, 0, LEAST), LIMITS))
                .as("a small request was cut")
                .isEqualTo(size);
        assertThat(size.after(new Round(true, 0, LEAST + 1), LIMITS).bytes()).isEqualTo(LEAST);
        assertThat(size.after(new Round(false, 0, size.bytes() / 2 - 1), LIMITS))
                .as("half empty")
                .isEqualTo(size);
        assertThat(size.after(new Round(false, QUICK + 1, size.bytes()), LIMITS))
                .as("slow")
                .isEqualTo(size);
        assertThat(size.after(new Round(false, QUICK, size.bytes() / 2), LIMITS).bytes())
                .isGreaterThan(size.bytes());
    }

    @Test
    void aMostThatIsBelowTheLeastHolds() {
        Limits tiny = LIMITS.with("pushBytes", 100);
        BatchSize size = BatchSize.first(tiny);
        assertThat(size.after(cut(size), tiny)).isEqualTo(size);
        assertThat(size.transactions(tiny)).isEqualTo(tiny.pushTransactions());
    }
}
