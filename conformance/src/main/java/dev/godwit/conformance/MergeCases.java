package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs a case of {@code merge}: writes of one cell in log order, or a single question about a rule. */
final class MergeCases {
    private static final int FIRST_COMMIT = 11;
    private static final int BASE = 10;
    private static final List<String> ALONE =
            List.of("column", "current", "write", "insert", "age", "wall", "now", "last_contact");

    private final Asked asked;
    private final JsonObject one;
    private final JsonObject column;

    private MergeCases(Asked asked, JsonObject file, JsonObject one) {
        this.asked = asked;
        this.one = one;
        JsonElement own = one.has("column") ? one.get("column") : file.get("column");
        this.column = own == null ? new JsonObject() : own.getAsJsonObject();
    }

    static void run(Asked asked, JsonObject file, JsonObject one) throws IOException {
        MergeCases merge = new MergeCases(asked, file, one);
        if (one.has("steps")) {
            merge.steps();
        } else {
            merge.alone();
        }
    }

    private void alone() throws IOException {
        JsonObject question = Asked.question(one.has("write") ? "shows" : one.has("insert") ? "canonical" : "stamp");
        question.add("column", column);
        ALONE.stream().filter(one::has).forEach(member -> question.add(member, one.get(member)));
        question.add("column", column);
        JsonObject answer = asked.ask(question);
        int results = 0;
        for (String result : List.of("shows", "value", "millis", "refused")) {
            if (one.has(result)) {
                results++;
                asked.expect(result, one.get(result), answer.get(result));
            }
        }
        asked.expect("the case", results == 1, "says what comes of it, once");
    }

    private void steps() throws IOException {
        List<JsonObject> written = new ArrayList<>();
        one.getAsJsonArray("steps").forEach(step -> written.add(step.getAsJsonObject()));
        asked.expect("the case", !written.isEmpty(), "has steps");
        JsonElement end = null;
        JsonArray results = results(written);
        int number = 0;
        for (JsonObject step : written) {
            JsonObject result = number < results.size() ? results.get(number).getAsJsonObject() : new JsonObject();
            number++;
            if (step.has("expect")) {
                asked.expect("step " + number, step.get("expect"), result);
            } else {
                asked.expect("step " + number, one.has("end"), "has what is expected, or the case has");
            }
            end = result.has("value") ? result.get("value") : end;
        }
        if (one.has("end")) {
            asked.expect("the end", one.get("end"), end);
        }
        if (one.has("any_order")) {
            asked.expect("the case", written.size() > 1 && one.has("end"), "has steps to be put in order, and an end");
            orders(new ArrayList<>(), written);
        }
    }

    /** Every order of the steps, for those that have not seen each other. */
    private void orders(List<JsonObject> order, List<JsonObject> left) throws IOException {
        if (left.isEmpty()) {
            JsonArray results = results(order);
            JsonElement last = results.isEmpty()
                    ? null
                    : results.get(results.size() - 1).getAsJsonObject().get("value");
            List<String> names =
                    order.stream().map(step -> step.get("who").getAsString()).toList();
            asked.expect("the end, in the order " + names, one.get("end"), last);
        }
        for (JsonObject next : left) {
            List<JsonObject> longer = new ArrayList<>(order);
            longer.add(next);
            List<JsonObject> rest = new ArrayList<>(left);
            rest.remove(next);
            orders(longer, rest);
        }
    }

    private JsonArray results(List<JsonObject> steps) throws IOException {
        JsonArray numbered = new JsonArray();
        int commit = FIRST_COMMIT;
        for (JsonObject step : steps) {
            JsonObject plain = new JsonObject();
            step.entrySet().stream()
                    .filter(member -> !member.getKey().equals("expect"))
                    .forEach(member -> plain.add(member.getKey(), member.getValue()));
            if (!step.has("forget")) {
                plain.add("base", step.has("base") ? step.get("base") : new JsonPrimitive(BASE));
                plain.addProperty("commit", commit);
                boolean refused =
                        step.has("expect") && step.getAsJsonObject("expect").has("refused");
                commit += refused ? 0 : 1;
            }
            numbered.add(plain);
        }
        JsonObject question = Asked.question("merge");
        question.add("column", column);
        question.add("start", one.get("start"));
        question.add("steps", numbered);
        JsonObject answer = asked.ask(question);
        return answer.has("steps") ? answer.getAsJsonArray("steps") : new JsonArray();
    }
}
