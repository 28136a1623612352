package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Decisions;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Opening;
import dev.godwit.wire.Page;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.SyncRequest;
import dev.godwit.wire.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One answer of a server, held against what a step of a script expects of it. */
final class ScriptAnswer {
    private final Asked asked;
    private final String where;
    private final byte[] body;
    private final Map<TransactionId, String> names;

    ScriptAnswer(Asked asked, String where, byte[] body, Map<TransactionId, String> names) {
        this.asked = asked;
        this.where = where;
        this.body = body;
        this.names = names;
    }

    /** Checks the answer; the device takes it, unless the step loses it on the way. */
    void check(JsonObject step, ScriptDevice device, SyncRequest request, Schema schema) throws IOException {
        JsonObject expected = step.has("expect") ? step.getAsJsonObject("expect") : new JsonObject();
        List<Frame> frames;
        try {
            frames = WireAnswers.frames(body);
        } catch (WireException broken) {
            asked.expect(where, false, "can be read: " + broken.getMessage());
            return;
        }
        grammar(frames, request);
        JsonObject outcomes = expected.has("outcomes") ? expected.getAsJsonObject("outcomes") : new JsonObject();
        asked.expect(where + ", outcomes", outcomes, outcomes(frames));
        asked.expect(where + ", refusal", expected.get("refusal"), refusal(frames));
        asked.expect(
                where + ", notices",
                expected.has("notices") ? expected.get("notices") : new JsonObject(),
                notices(frames));
        if (expected.has("pulled")) {
            asked.expect(where + ", rows pulled", expected.get("pulled"), new JsonPrimitive(pulled(frames)));
        }
        Frame last = frames.isEmpty() ? null : frames.get(frames.size() - 1);
        if (last instanceof Cut cut) {
            if (expected.has("last_sequence")) {
                asked.expect(
                        where + ", last sequence", expected.get("last_sequence"), Values.number(cut.lastSequence()));
            }
            if (!step.has("lost")) {
                device.apply(frames, cut, schema);
            }
        }
        if (expected.has("hides")) {
            String text = new String(body, StandardCharsets.ISO_8859_1);
            ProtocolCases.texts(expected, "hides")
                    .forEach(secret -> asked.expect(where, !text.contains(secret), "does not say " + secret));
        }
        if (expected.has("rows")) {
            expected.getAsJsonObject("rows").entrySet().forEach(table -> rows(device, schema, table));
        }
    }

    /** {@code Opening Decisions? ScopeNotice* Page* Cut}, or {@code Opening? Refusal}. */
    private void grammar(List<Frame> frames, SyncRequest request) {
        String letters = frames.stream().map(ScriptAnswer::letter).collect(Collectors.joining());
        asked.expect(
                where + ", frames",
                letters.matches("OD?[NP]*C|O?R"),
                "Opening Decisions? (ScopeNotice | Page)* Cut, or Opening? Refusal; not " + letters);
        for (Frame frame : frames) {
            if (frame instanceof Opening opening) {
                asked.expect(
                        where + ", request id", Values.number(request.requestId()), Values.number(opening.requestId()));
            }
        }
    }

    private static String letter(Frame frame) {
        return frame instanceof Opening
                ? "O"
                : frame instanceof Decisions
                        ? "D"
                        : frame instanceof ScopeNotice
                                ? "N"
                                : frame instanceof Page ? "P" : frame instanceof Cut ? "C" : "R";
    }

    private JsonObject outcomes(List<Frame> frames) {
        JsonObject seen = new JsonObject();
        for (Frame frame : frames) {
            List<Receipt> receipts = frame instanceof Decisions decisions
                    ? decisions.receipts()
                    : frame instanceof Cut cut ? cut.receipts() : List.of();
            for (Receipt receipt : receipts) {
                String name = names.getOrDefault(receipt.id(), receipt.id().toString());
                seen.add(name, outcome(receipt.outcome()));
            }
        }
        return seen;
    }

    /** As scripts say it: without sentences for people. */
    private static JsonElement outcome(Outcome outcome) {
        JsonObject whole = MessageToJson.outcome(outcome);
        JsonObject json = new JsonObject();
        if (outcome instanceof Outcome.Applied) {
            json.add("applied", whole.get("commits"));
            JsonArray lost = new JsonArray();
            for (JsonElement cell : whole.getAsJsonArray("lost")) {
                JsonObject one = cell.getAsJsonObject();
                String column =
                        one.get("column").isJsonNull() ? "*" : one.get("column").getAsString();
                lost.add(one.get("table").getAsString() + " " + text(one.get("key")) + " " + column);
            }
            JsonArray rekeyed = new JsonArray();
            for (JsonElement row : whole.getAsJsonArray("rekeyed")) {
                JsonObject one = row.getAsJsonObject();
                rekeyed.add(one.get("table").getAsString() + " " + text(one.get("from")) + " " + text(one.get("to")));
            }
            if (!lost.isEmpty()) {
                json.add("lost", lost);
            }
            if (!rekeyed.isEmpty()) {
                json.add("rekeyed", rekeyed);
            }
            return json;
        } else if (outcome instanceof Outcome.Rejected rejected) {
            json.addProperty("rejected", rejected.code().name());
            return json;
        }
        return whole.get("outcome");
    }

    private static String text(JsonElement key) {
        return new Key(Values.list(key))
                .values().stream()
                        .map(value -> value.kind() == Value.Kind.TEXT ? value.asText() : value.toString())
                        .collect(Collectors.joining(","));
    }

    private static JsonElement refusal(List<Frame> frames) {
        for (Frame frame : frames) {
            if (frame instanceof Refusal refusal) {
                return new JsonPrimitive(refusal.code().name());
            }
        }
        return com.google.gson.JsonNull.INSTANCE;
    }

    private static JsonObject notices(List<Frame> frames) {
        JsonObject notices = new JsonObject();
        for (Frame frame : frames) {
            if (frame instanceof ScopeNotice notice) {
                notices.addProperty(notice.scope(), notice.kind().name());
            }
        }
        return notices;
    }

    private static int pulled(List<Frame> frames) {
        int rows = 0;
        for (Frame frame : frames) {
            if (frame instanceof Page page) {
                rows += page.blocks().stream()
                        .mapToInt(block -> block.rows().size())
                        .sum();
            }
        }
        return rows;
    }

    /** The device has these rows and no others; columns that the case does not name may hold anything. */
    private void rows(ScriptDevice device, Schema schema, Map.Entry<String, JsonElement> expected) {
        Table table = schema.table(expected.getKey()).orElseThrow();
        JsonArray left = expected.getValue().getAsJsonArray().deepCopy();
        JsonArray seen = new JsonArray();
        JsonArray unexpected = new JsonArray();
        for (Value[] row : device.rows(table).values()) {
            JsonObject whole = new JsonObject();
            for (int i = 0; i < row.length; i++) {
                whole.add(table.columns().get(i).name(), Values.json(row[i]));
            }
            seen.add(whole);
            JsonElement match = null;
            for (JsonElement wanted : left) {
                match = match == null && agrees(wanted.getAsJsonObject(), whole) ? wanted : match;
            }
            if (match == null) {
                unexpected.add(whole);
            } else {
                left.remove(match);
            }
        }
        if (!left.isEmpty() || !unexpected.isEmpty()) {
            asked.expect(where + ", rows of " + table.name(), expected.getValue(), seen);
        }
    }

    private static boolean agrees(JsonObject wanted, JsonObject whole) {
        return wanted.entrySet().stream()
                .allMatch(cell -> whole.has(cell.getKey())
                        && Values.normal(cell.getValue()).equals(whole.get(cell.getKey())));
    }
}
