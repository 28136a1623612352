package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A move to another scope changes nothing for rules that remember: in random histories the values are the same with it and
 * without it, whatever those who had not seen it write, in any order of arrival.
 */
class MovesLawTest {
    private static final int WRITES = 10_000;

    @ParameterizedTest
    @EnumSource
    void aMoveChangesNoValue(Remembering cell) {
        long seed = Long.getLong("seed", 1);
        System.out.println("MovesLawTest " + cell + " seed " + seed);
        Random random = new Random(seed);
        int remembered = 0;
        for (int writes = 0; writes < WRITES; ) {
            RandomHistory history = cell.history(random);
            for (int segment = 1; segment < history.segments.size(); segment++) {
                MergeServer moved = history.again(random, random.nextBoolean(), segment);
                remembered += moved.memory.isNull() ? 0 : 1;
            }
            writes += history.writes();
        }
        assertThat(remembered).as("histories with something to be taken along").isGreaterThan(500);
    }

    @Test
    void whoHasMissedTwoMovesIsNotBelievedToHaveSeenACount() {
        Counter rule = Counter.RULE;
        CellWrite write = MergeServer.reset(100, Value.of(10));
        Stamp early = new Stamp(100, 1);
        CellState cell = new CellState(1, new Stamp(1, 3), 1);
        Verdict.Settled counted = (Verdict.Settled)
                rule.decide(new Attempt(Value.of(10), cell, Value.NULL, write, Seen.of(1, 1), 2, early));
        Value once = rule.renumbered(counted.memory(), commit -> commit - 5 - 1);
        Value twice = rule.renumbered(once, commit -> (commit < 0 ? 3 : commit) - 9 - 1);
        CellWrite later = MergeServer.reset(50, Value.of(10));
        for (long writer : List.of(1L, 2L)) {
            Stamp stamp = new Stamp(200, writer);
            Attempt missed = new Attempt(Value.of(100), cell, twice, later, Seen.of(stamp.writer(), -9), 12, stamp);
            assertThat(rule.decide(missed) instanceof Verdict.Refused).isEqualTo(writer == 2);
            Attempt unknown =
                    new Attempt(Value.of(100), cell, once, later, Seen.of(stamp.writer(), Attempt.UNKNOWN), 12, stamp);
            assertThat(rule.decide(unknown) instanceof Verdict.Refused).isEqualTo(writer == 2);
            CellWrite shown = MergeServer.reset(50, Value.of(100));
            Attempt seen = new Attempt(Value.of(100), cell, twice, shown, Seen.of(stamp.writer(), 11), 12, stamp);
            assertThat(((Verdict.Settled) rule.decide(seen)).value()).isEqualTo(Value.of(50));
        }
    }
}
