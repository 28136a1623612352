package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.godwit.merge.Attempt;
import dev.godwit.merge.Seen;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.TextWalk;
import dev.godwit.merge.Verdict;
import dev.godwit.merge.VersionVector;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;

/** The log of one text: every edit with what its writer had seen, and nothing ever forgotten. */
final class TextCell {
    private record Logged(TextEvent event, long commit, int length) {}

    private final List<Logged> log = new ArrayList<>();

    /** The edit of a step, as it travels; splices count UTF-16 units and follow one another. */
    static Value edit(JsonObject step) {
        if (step.get("edit").isJsonObject()) {
            return Values.of(step.get("edit"));
        }
        List<Splice> splices = new ArrayList<>();
        for (JsonElement element : step.getAsJsonArray("edit")) {
            JsonArray splice = element.getAsJsonArray();
            splices.add(new Splice(
                    splice.get(0).getAsInt(),
                    splice.get(1).getAsInt(),
                    splice.get(2).getAsString()));
        }
        boolean emptyIsNull =
                step.has("empty_is_null") && step.get("empty_is_null").getAsBoolean();
        return new TextEdit(null, step.get("length").getAsInt(), emptyIsNull, splices).encode();
    }

    /** Puts an edit where it belongs in the text as it is. */
    Verdict decide(Attempt attempt) {
        TextEdit edit = TextEdit.decode(attempt.write().value());
        long writer = attempt.stamp().writer();
        String stored = TextEdit.text(attempt.stored());
        VersionVector seen = seen(attempt.seen());
        TextEvent event = new TextEvent(writer, seen.count(writer) + 1, seen, edit.splices());
        String merged = attempt.concurrent()
                ? Splice.apply(stored, walk(event, stored.length()))
                : TextEdit.text(edit.applyTo(attempt.stored()));
        log.add(new Logged(event, attempt.commit(), stored.length()));
        return new Verdict.Settled(edit.value(merged), true, Value.NULL, Verdict.Loser.NONE, false);
    }

    /** What a writer had seen: all up to his base, and all his own. */
    private VersionVector seen(Seen writer) {
        VersionVector seen = VersionVector.none();
        for (Logged one : log) {
            if (writer.has(one.commit(), one.event().agent())) {
                seen = seen.with(one.event().agent(), one.event().seq());
            }
        }
        return seen;
    }

    private List<Splice> walk(TextEvent incoming, int length) {
        List<TextEvent> events = log.stream().map(Logged::event).toList();
        int from = TextWalk.needed(events, incoming.seen());
        int before = from < log.size() ? log.get(from).length() : length;
        return TextWalk.transform(before, events.subList(from, events.size()), incoming);
    }
}
