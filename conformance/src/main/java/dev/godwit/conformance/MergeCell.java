package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.godwit.merge.Attempt;
import dev.godwit.merge.CellState;
import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.merge.Seen;
import dev.godwit.merge.Verdict;
import dev.godwit.merge.Wellformed;
import dev.godwit.merge.WriteTime;
import dev.godwit.model.Column;
import dev.godwit.model.ColumnOptions;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One cell of this implementation: takes the writes of a merge case in log order, as the server does. */
final class MergeCell {
    /** The start value of a case is what commit 10 left, written by nobody's device. */
    private static final long START_COMMIT = 10;

    private final Column column;
    private final ColumnRule rule;
    private final TextCell texts = new TextCell();
    private Value value;
    private Value memory = Value.NULL;
    private CellState cell = new CellState(START_COMMIT, Stamp.ZERO, 0);

    private MergeCell(Column column, Value start) {
        this.column = column;
        this.rule = ColumnRule.of(column);
        this.value = start;
    }

    /** Answers a question about merging. */
    static JsonObject answer(JsonObject question) {
        JsonObject answer = new JsonObject();
        switch (question.get("ask").getAsString()) {
            case "merge" -> {
                MergeCell cell =
                        new MergeCell(column(question.getAsJsonObject("column")), Values.of(question.get("start")));
                JsonArray results = new JsonArray();
                question.getAsJsonArray("steps").forEach(step -> results.add(cell.step(step.getAsJsonObject())));
                answer.add("steps", results);
            }
            case "shows" -> {
                ColumnRule rule = ColumnRule.of(column(question.getAsJsonObject("column")));
                CellWrite write = write(question.getAsJsonObject("write"));
                answer.add("shows", Values.json(rule.predict(Values.of(question.get("current")), write)));
            }
            case "canonical" -> canonical(question, answer);
            default -> {
                WriteTime time = new WriteTime(Values.number(question.get("age")), Values.number(question.get("wall")));
                long believed =
                        time.believed(Values.number(question.get("now")), Values.number(question.get("last_contact")));
                answer.add("millis", Values.number(Stamp.millis(believed)));
            }
        }
        return answer;
    }

    private static void canonical(JsonObject question, JsonObject answer) {
        Column column = column(question.getAsJsonObject("column"));
        Value written = Values.of(question.get("insert"));
        if (Wellformed.complaint(column, written).isPresent()) {
            answer.addProperty("refused", RejectionCode.TYPE.name());
        } else {
            answer.add("value", Values.json(Wellformed.canonical(column, written)));
        }
    }

    private static Column column(JsonObject json) {
        String word = json.get("word").getAsString();
        List<String> precedence = new ArrayList<>();
        if (json.has("precedence")) {
            json.getAsJsonArray("precedence").forEach(place -> precedence.add(place.getAsString()));
        }
        boolean plain = word.equals("last_writer") || word.equals("precedence");
        MergeWord merge = plain ? MergeWord.LAST_WRITER : MergeWord.ofWord(word).orElseThrow();
        String key = json.has("array_key") ? json.get("array_key").getAsString() : null;
        String type = json.get("type").getAsString();
        return new Column("c", type, merge, "BINARY", false, new ColumnOptions(precedence, key, false));
    }

    private static CellWrite write(JsonObject step) {
        Value over = step.has("over") ? Values.of(step.get("over")) : null;
        if (step.has("add")) {
            return new CellWrite(ColumnRole.ADD, Values.of(step.get("add")), null);
        } else if (step.has("reset")) {
            return new CellWrite(ColumnRole.RESET, Values.of(step.get("reset")), over);
        } else if (step.has("edit")) {
            return new CellWrite(ColumnRole.EDIT, TextCell.edit(step), null);
        }
        return CellWrite.set(Values.of(step.get("set")), over);
    }

    private JsonObject step(JsonObject step) {
        JsonObject result = new JsonObject();
        if (step.has("forget")) {
            memory = rule.fold(memory, Values.number(step.get("forget")));
            result.add("value", Values.json(value));
            return result;
        }
        try {
            Stamp stamp = new Stamp(Values.number(step.get("time")), Values.number(step.get("who")));
            Seen seen = new Seen(stamp.writer(), Values.number(step.get("base")), formers(step));
            long commit = Values.number(step.get("commit"));
            Attempt attempt = new Attempt(value, cell, memory, write(step), seen, commit, stamp);
            boolean text = column.merge() == MergeWord.MERGED_TEXT;
            Verdict verdict = text ? texts.decide(attempt) : rule.decide(attempt);
            if (verdict instanceof Verdict.Ask) {
                verdict = resolve(step, attempt, result);
            }
            if (verdict instanceof Verdict.Settled settled) {
                settle(attempt, settled);
                describe(settled, result);
                return result;
            }
        } catch (IllegalArgumentException unreadable) {
            // as refused as what the rule refuses
        }
        boolean readOnly = column.merge() == MergeWord.READ_ONLY;
        result.addProperty("refused", (readOnly ? RejectionCode.READ_ONLY : RejectionCode.TYPE).name());
        return result;
    }

    private static List<Seen.Former> formers(JsonObject step) {
        List<Seen.Former> formers = new ArrayList<>();
        if (step.has("was")) {
            for (JsonElement one : step.getAsJsonArray("was")) {
                JsonArray former = one.getAsJsonArray();
                formers.add(new Seen.Former(Values.number(former.get(0)), Values.number(former.get(1))));
            }
        }
        return formers;
    }

    private static Verdict resolve(JsonObject step, Attempt attempt, JsonObject result) {
        JsonObject asked = new JsonObject();
        asked.add("base", Values.json(attempt.write().baseOrNull()));
        asked.add("ours", Values.json(attempt.stored()));
        asked.add("theirs", Values.json(attempt.incoming()));
        result.add("asked", asked);
        JsonElement answer = step.get("resolver");
        Value chosen = Values.of(answer);
        Verdict.Loser loser = !chosen.equals(attempt.incoming())
                ? Verdict.Loser.INCOMING
                : chosen.equals(attempt.stored()) ? Verdict.Loser.NONE : Verdict.Loser.STORED;
        return new Verdict.Settled(chosen, !chosen.equals(attempt.stored()), Value.NULL, loser, false);
    }

    private static void describe(Verdict.Settled settled, JsonObject result) {
        result.add("value", Values.json(settled.value()));
        switch (settled.loser()) {
            case STORED -> result.addProperty("lost", "stored");
            case INCOMING -> result.addProperty("lost", "incoming");
            case NONE -> {
                // says nothing
            }
        }
        if (settled.undecided()) {
            result.addProperty("undecided", true);
        }
    }

    private void settle(Attempt attempt, Verdict.Settled settled) {
        boolean foreseen = !attempt.concurrent() || isForeseen(attempt, settled.value());
        value = settled.value();
        memory = rule.remembers() ? settled.memory() : Value.NULL;
        if (settled.taken()) {
            cell = cell.changed(attempt.commit(), attempt.stamp(), attempt.seen());
            // the device gets the value, since it is not what it makes of its own write
            cell = foreseen ? cell : new CellState(attempt.commit(), attempt.stamp(), attempt.commit());
        }
    }

    private boolean isForeseen(Attempt attempt, @Nullable Value merged) {
        try {
            return rule.predict(attempt.stored(), attempt.write()).equals(merged);
        } catch (ArithmeticException | IllegalArgumentException hasNoPlace) {
            return false;
        }
    }
}
