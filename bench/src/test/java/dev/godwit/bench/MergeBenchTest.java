package dev.godwit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.TextWalk;
import dev.godwit.merge.VersionVector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The parts of the bench that merge, on a small scale. */
class MergeBenchTest {
    @Test
    void thePartsOfMergingRunAndAreVerified() {
        BenchRun run = BenchRun.of("texts,merges,metadata", "--rows=500", "--keystrokes=1000", "--branch=100");
        assertThat(run.said()).contains("Java " + Runtime.version()).contains("no engines of JavaScript");
        assertThat(run.figures())
                .contains("history of 1000 edits")
                .contains("merging beside Automerge")
                .contains("stored history, 100 transactions")
                .contains("500 met writes, newer")
                .contains("server metadata of a row: UUID keys, each column apart");
    }

    @Test
    void twoWhoTypeIntoStripesOfTheirOwnComeToOneTextWhoeverIsFirst() {
        String base = "the quick brown fox \uD83D\uDE00 jumps over the lazy dog ".repeat(200);
        TextBranches branches = TextBranches.of(base, 500);
        assertThat(branches.even()).hasSize(500);
        assertThat(branches.odd()).hasSize(500).isNotEqualTo(branches.even());
        assertThat(branches.merged()).isNotEqualTo(base);
        List<TextEvent> even = events(1, branches.even());
        List<TextEvent> odd = events(2, branches.odd());
        assertThat(after(base, branches.even(), TextWalk.transform(base.length(), even, odd)))
                .isEqualTo(branches.merged());
        assertThat(after(base, branches.odd(), TextWalk.transform(base.length(), odd, even)))
                .isEqualTo(branches.merged());
    }

    private static List<TextEvent> events(long agent, List<Splice> edits) {
        List<TextEvent> events = new ArrayList<>();
        for (Splice edit : edits) {
            long own = events.size();
            events.add(new TextEvent(agent, own + 1, VersionVector.none().with(agent, own), List.of(edit)));
        }
        return events;
    }

    private static String after(String base, List<Splice> first, List<List<Splice>> then) {
        return Splice.apply(
                Splice.apply(base, first), then.stream().flatMap(List::stream).toList());
    }
}
