package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.MergeWord;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColumnRuleTest {
    private static final ColumnRule LAST = ColumnRule.of(MergeWord.LAST_WRITER);
    private static final ColumnRule COUNTER = ColumnRule.of(MergeWord.COUNTER);

    private record Write(Stamp stamp, Value value) {}

    private static Attempt attempt(Value stored, CellState cell, Write write, boolean delta, boolean concurrent) {
        return new Attempt(stored, cell, write.value(), delta, concurrent, write.stamp());
    }

    @Test
    void aWriteThatHadSeenTheCellWinsWhateverItsStamp() {
        CellState cell = new CellState(5, new Stamp(100, 2), 0);
        Write older = new Write(new Stamp(50, 1), Value.of("new"));
        assertThat(LAST.decide(attempt(Value.of("old"), cell, older, false, false)))
                .isEqualTo(new Verdict.Write(Value.of("new")));
        assertThat(LAST.decide(attempt(Value.of("old"), cell, older, false, true)))
                .isEqualTo(new Verdict.Lost());
    }

    @Test
    void equalTimesAreDecidedByTheGreaterWriter() {
        CellState cell = new CellState(5, new Stamp(100, 2), 0);
        assertThat(LAST.decide(attempt(Value.NULL, cell, new Write(new Stamp(100, 3), Value.of(1)), false, true)))
                .isInstanceOf(Verdict.Write.class);
        assertThat(LAST.decide(attempt(Value.NULL, cell, new Write(new Stamp(100, 1), Value.of(1)), false, true)))
                .isInstanceOf(Verdict.Lost.class);
    }

    /** The law of both rules: concurrent writes end the same, in whatever order they arrive. */
    @Test
    void theOrderOfArrivalDoesNotMatterAmongConcurrentWrites() {
        Random random = new Random(Long.getLong("seed", 1));
        for (int round = 0; round < 200; round++) {
            List<Write> writes = IntStream.range(0, 6)
                    .mapToObj(i -> new Write(new Stamp(random.nextInt(4), i + 1L), Value.of(random.nextInt(100) - 50)))
                    .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
            Value last = merged(LAST, writes, false);
            Value sum = merged(COUNTER, writes, true);
            Collections.shuffle(writes, random);
            assertThat(merged(LAST, writes, false)).isEqualTo(last);
            assertThat(merged(COUNTER, writes, true)).isEqualTo(sum);
        }
    }

    private static Value merged(ColumnRule rule, List<Write> writes, boolean delta) {
        Value value = Value.of(0);
        CellState cell = new CellState(0, Stamp.ZERO, 0);
        long commit = 0;
        for (Write write : writes) {
            if (rule.decide(attempt(value, cell, write, delta, true)) instanceof Verdict.Write done) {
                value = done.value();
                cell = cell.changed(++commit, write.stamp());
            }
        }
        return value;
    }

    @Test
    void aCounterThatWouldOverflowRefusesTheDelta() {
        Write more = new Write(new Stamp(1, 1), Value.of(1));
        CellState cell = new CellState(1, Stamp.ZERO, 0);
        assertThat(COUNTER.decide(attempt(Value.of(Long.MAX_VALUE), cell, more, true, false)))
                .isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void aWordWithoutARuleIsRefusedByName() {
        assertThatThrownBy(() -> ColumnRule.of(MergeWord.MAX)).hasMessageContaining("max");
    }
}
