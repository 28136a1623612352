package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Concurrent histories whose outcome others have computed. */
class TextConformanceTest {

    @Test
    void everyHistoryEndsInItsExpectedText() throws IOException {
        JsonArray cases = SharedData.read("text-conformance.json.gz").getAsJsonArray();
        int concurrent = 0;
        for (int i = 0; i < cases.size(); i++) {
            JsonObject history = cases.get(i).getAsJsonObject();
            List<TextEvent> events = events(history.getAsJsonArray("txns"));
            String text = "";
            for (List<Splice> splices : TextWalk.replay(0, events)) {
                text = Splice.apply(text, splices);
            }
            assertThat(text)
                    .as("history " + i)
                    .isEqualTo(history.get("endContent").getAsString());
            concurrent += TextWalk.needed(events, last(events).version()) < events.size() ? 1 : 0;
        }
        assertThat(cases).hasSize(700);
        assertThat(concurrent).isGreaterThan(500);
    }

    private static TextEvent last(List<TextEvent> events) {
        return events.get(events.size() - 1);
    }

    /**
     * In these histories one agent may act in two places at once, which an agent of ours cannot: each of its events becomes
     * an agent of its own, numbered so that agents are in the order of the names and numbers that break ties there.
     */
    private static List<TextEvent> events(JsonArray transactions) {
        List<BitSet> ancestors = new ArrayList<>();
        Map<Integer, Integer> transactionOf = new HashMap<>();
        List<List<Splice>> splices = SharedData.splices(transactions, "ops");
        List<TextEvent> events = new ArrayList<>();
        for (int i = 0; i < transactions.size(); i++) {
            JsonObject transaction = transactions.get(i).getAsJsonObject();
            BitSet seen = new BitSet();
            for (JsonElement parent : transaction.getAsJsonArray("parents")) {
                // A parent is the last unit of its transaction everywhere in this data.
                int index = transactionOf.get(parent.getAsInt());
                seen.or(ancestors.get(index));
                seen.set(index);
            }
            ancestors.add(seen);
            transactionOf.put(transaction.getAsJsonArray("span").get(1).getAsInt() - 1, i);
            Map<Long, Long> counts = new HashMap<>();
            seen.stream().forEach(index -> counts.put(events.get(index).agent(), 1L));
            long agent = transaction.get("agent").getAsString().charAt(0) * 1_000_000L
                    + transaction.get("seqStart").getAsInt();
            events.add(new TextEvent(agent, 1, VersionVector.of(counts), splices.get(i)));
        }
        return events;
    }
}
