package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.MergeServer.Client;
import dev.godwit.merge.MergeServer.Decided;
import dev.godwit.merge.Verdict.Loser;
import dev.godwit.model.Column;
import dev.godwit.model.ColumnOptions;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Single cases of the rules; their laws are in {@link RuleLawsTest}. */
class ColumnRuleTest {
    private static Column column(MergeWord word, List<String> precedence) {
        return new Column("c", "text", word, "BINARY", false, new ColumnOptions(precedence, null, false));
    }

    private static Attempt attempt(Value stored, CellState cell, CellWrite write, Stamp stamp, boolean concurrent) {
        long base = concurrent ? cell.commit() - 1 : cell.commit();
        return Attempt.of(stored, cell, write, Seen.of(stamp.writer(), base), cell.commit() + 1, stamp);
    }

    private static Loser lastWriter(CellState cell, Stamp stamp, boolean concurrent) {
        CellWrite write = CellWrite.set(Value.of("new"), null);
        Verdict verdict = LastWriter.RULE.decide(attempt(Value.of("old"), cell, write, stamp, concurrent));
        Verdict.Settled settled = (Verdict.Settled) verdict;
        assertThat(settled.value()).isEqualTo(Value.of(settled.taken() ? "new" : "old"));
        return settled.loser();
    }

    @ParameterizedTest
    @EnumSource(MergeWord.class)
    void everyWordHasARule(MergeWord word) {
        assertThat(ColumnRule.of(column(word, List.of()))).isNotNull();
        assertThat(ColumnRule.of(column(word, List.of("a", "b")))).isInstanceOf(Precedence.class);
    }

    @Test
    void aWriteThatHadSeenTheCellWinsWhateverItsStamp() {
        CellState cell = new CellState(5, new Stamp(100, 2), 0);
        assertThat(lastWriter(cell, new Stamp(50, 1), false)).isEqualTo(Loser.NONE);
        assertThat(lastWriter(cell, new Stamp(50, 1), true)).isEqualTo(Loser.INCOMING);
        assertThat(lastWriter(cell, new Stamp(150, 1), true)).isEqualTo(Loser.STORED);
    }

    @Test
    void equalTimesAreDecidedByTheGreaterWriter() {
        CellState cell = new CellState(5, new Stamp(100, 2), 0);
        assertThat(lastWriter(cell, new Stamp(100, 3), true)).isEqualTo(Loser.STORED);
        assertThat(lastWriter(cell, new Stamp(100, 1), true)).isEqualTo(Loser.INCOMING);
    }

    @Test
    void aCounterThatWouldOverflowRefusesTheDelta() {
        CellState cell = new CellState(1, Stamp.ZERO, 0);
        Stamp stamp = new Stamp(1, 1);
        Value most = Value.of(Long.MAX_VALUE);
        assertThat(Counter.RULE.decide(attempt(most, cell, CellWrite.add(1), stamp, false)))
                .isInstanceOf(Verdict.Refused.class);
        CellWrite reset = new CellWrite(ColumnRole.RESET, most, Value.of(-1));
        assertThat(Counter.RULE.decide(attempt(Value.of(0), cell, reset, stamp, true)))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(Counter.RULE.decide(attempt(most, cell, CellWrite.set(most, null), stamp, false)))
                .isInstanceOf(Verdict.Refused.class);
    }

    /** The device shows its own count over the one it has pulled, and counts again from there. */
    @Test
    void aSecondCountOverAPulledOneCountsEachDeltaOnce() {
        MergeServer server = new MergeServer(Counter.RULE, Value.of(10));
        Client one = new Client(1, Counter.RULE, server.value);
        Client other = new Client(2, Counter.RULE, server.value);
        one.add(MergeServer.reset(50, one.shown()), 1);
        other.add(MergeServer.reset(20, other.shown()), 100);
        other.send().forEach(server::push);
        one.pull(server);
        assertThat(one.shown()).isEqualTo(Value.of(60));
        one.add(CellWrite.add(3), 101);
        one.add(MergeServer.reset(7, one.shown()), 200);
        one.send().forEach(server::push);
        assertThat(server.value).isEqualTo(Value.of(7));
        other.add(CellWrite.add(1), 300);
        other.send().forEach(server::push);
        assertThat(server.value).isEqualTo(Value.of(8));
    }

    @Test
    void anOrderIsOpenedAgainOnlyByWhoHasSeenItDone() {
        Precedence rule = new Precedence(List.of("open", "assigned", "done"));
        MergeServer server = new MergeServer(rule, Value.of("open"));
        Client one = new Client(1, rule, server.value);
        Client other = new Client(2, rule, server.value);
        one.set(Value.of("done"), 1);
        other.set(Value.of("assigned"), 100);
        one.send().forEach(server::push);
        Decided late = server.push(other.send().get(0));
        assertThat(late.settled().loser()).isEqualTo(Loser.INCOMING);
        assertThat(server.value).isEqualTo(Value.of("done"));
        other.pull(server);
        other.set(Value.of("open"), 200);
        one.set(Value.of("done"), 300);
        other.send().forEach(server::push);
        one.send().forEach(server::push);
        assertThat(server.value)
                .as("opened again, which the other did not know")
                .isEqualTo(Value.of("open"));
    }

    @Test
    void devicesCannotWriteWhatIsReadOnly() {
        CellState cell = new CellState(1, Stamp.ZERO, 0);
        CellWrite write = CellWrite.set(Value.of(2), Value.of(1));
        assertThat(ReadOnly.RULE.decide(attempt(Value.of(1), cell, write, new Stamp(1, 1), false)))
                .isInstanceOf(Verdict.Refused.class);
    }
}
