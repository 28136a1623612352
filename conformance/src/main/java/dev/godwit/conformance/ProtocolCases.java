package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Schema;
import dev.godwit.model.TransactionId;
import dev.godwit.schema.SchemaReader;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Runs a case of {@code protocol}: a script of devices against one server, all of it in bytes. */
final class ProtocolCases {
    private static final long START = 1_800_000_000_000L;
    private static final String BOOT = "boot";

    private final Asked asked;
    private final Map<String, ScriptDevice> devices = new HashMap<>();
    private final Map<String, PushedTransaction> transactions = new HashMap<>();
    private Schema schema;
    private long now = START;
    private long requests;

    private ProtocolCases(Asked asked, JsonObject file, JsonObject one) throws IOException {
        this.asked = asked;
        String text = lines(one.has("schema") ? one.get("schema") : file.get("schema"));
        schema = new SchemaReader(new JdbcSqlite()).read("schema", text);
        JsonObject question = Asked.question("open");
        question.addProperty("schema", text);
        if (one.has("retention")) {
            question.add("retention", one.get("retention"));
        }
        ask(question);
        JsonElement own = one.has("devices") ? one.get("devices") : file.get("devices");
        own.getAsJsonObject().entrySet().forEach(device -> {
            JsonObject json = device.getValue().getAsJsonObject();
            String subject = json.get("subject").getAsString();
            ScriptDevice made = new ScriptDevice(deviceId(device.getKey()), subject, texts(json, "grant"));
            texts(json, json.has("pulls") ? "pulls" : "grant").forEach(made::pull);
            made.wallOff = Values.number(json.get("wall_off"));
            devices.put(device.getKey(), made);
        });
    }

    static void run(Asked asked, JsonObject file, JsonObject one) throws IOException {
        try {
            ProtocolCases script = new ProtocolCases(asked, file, one);
            int number = 0;
            for (JsonElement step : one.getAsJsonArray("steps")) {
                script.step("step " + ++number, step.getAsJsonObject());
            }
        } finally {
            asked.ask(Asked.question("close"));
        }
    }

    private static String lines(JsonElement text) {
        if (text.isJsonPrimitive()) {
            return text.getAsString();
        }
        List<String> lines = new ArrayList<>();
        text.getAsJsonArray().forEach(line -> lines.add(line.getAsString()));
        return String.join("\n", lines) + "\n";
    }

    static Set<String> texts(JsonObject json, String member) {
        Set<String> texts = new java.util.LinkedHashSet<>();
        json.getAsJsonArray(member).forEach(text -> texts.add(text.getAsString()));
        return texts;
    }

    private static DeviceId deviceId(String name) {
        return new DeviceId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }

    private JsonObject ask(JsonObject question) throws IOException {
        question.add("now", Values.number(now));
        return asked.ask(question);
    }

    private void step(String where, JsonObject step) throws IOException {
        switch (step.get("do").getAsString()) {
            case "seal" -> seal(step);
            case "sync" -> sync(where, step);
            case "pass" -> now += Values.number(step.get("millis"));
            case "copy" ->
                devices.put(step.get("to").getAsString(), device(step).copy());
            case "renew" -> renew(step);
            case "grant" -> {
                device(step).granted.clear();
                device(step).granted.addAll(texts(step, "scopes"));
            }
            case "stage" -> stage(step);
            case "restart" -> {
                JsonObject question = Asked.question("restart");
                if (step.has("schema")) {
                    String text = lines(step.get("schema"));
                    schema = new SchemaReader(new JdbcSqlite()).read("schema", text);
                    question.addProperty("schema", text);
                }
                ask(question);
            }
            case "save", "restore", "forget" -> {
                JsonObject question = Asked.question(step.get("do").getAsString());
                question.add("name", step.get("name"));
                ask(question);
            }
            default -> throw new IllegalArgumentException("no step: " + step);
        }
    }

    private ScriptDevice device(JsonObject step) {
        String name = step.get("device").getAsString();
        return Objects.requireNonNull(devices.get(name), () -> "no device " + name);
    }

    private PushedTransaction transaction(String name) {
        return Objects.requireNonNull(transactions.get(name), () -> "no transaction " + name);
    }

    private void seal(JsonObject step) {
        ScriptDevice device = device(step);
        String name = step.get("tx").getAsString();
        List<Long> depends = new ArrayList<>();
        if (step.has("depends_on")) {
            texts(step, "depends_on")
                    .forEach(other -> depends.add(transaction(other).sequence()));
        }
        UUID chance = UUID.nameUUIDFromBytes(("transaction " + name).getBytes(StandardCharsets.UTF_8));
        PushedTransaction sealed = new PushedTransaction(
                TransactionId.of(now, chance),
                ++device.sequence,
                device.visible(),
                clock(device),
                depends,
                false,
                changes(step.get("changes")));
        transactions.put(name, sealed);
        device.pending.add(sealed);
    }

    /** Rows, or bytes in hexadecimal. */
    private static byte[] changes(JsonElement changes) {
        return changes.isJsonArray()
                ? Changes.encode(ScriptChanges.blocks(changes.getAsJsonArray()))
                : JsonToMessage.hex(changes.getAsString());
    }

    private DeviceClock clock(ScriptDevice device) {
        return new DeviceClock(now + device.wallOff, now - START + 1_000, BOOT);
    }

    /** A new identity: what is to be sent again is numbered from 1, and all scopes are pulled anew. */
    private void renew(JsonObject step) {
        ScriptDevice device = device(step);
        device.id = deviceId(step.get("id").getAsString());
        device.sequence = 0;
        device.confirmed = 0;
        device.pending.clear();
        for (String name : texts(step, "pending")) {
            PushedTransaction again = changed(transaction(name), ++device.sequence, false, null);
            transactions.put(name, again);
            device.pending.add(again);
        }
        for (String scope : List.copyOf(device.positions.keySet())) {
            device.forget(scope);
            device.pull(scope);
        }
    }

    /** As if pages up to the checkpoint of another device were staged, and the application still sees its own. */
    private void stage(JsonObject step) {
        ScriptDevice device = device(step);
        String scope = step.get("scope").getAsString();
        String upTo = step.get("up_to").getAsString();
        Checkpoint visible = Objects.requireNonNull(device.positions.get(scope)).visible();
        Checkpoint staged = Objects.requireNonNull(
                        Objects.requireNonNull(devices.get(upTo)).positions.get(scope))
                .visible();
        device.positions.put(scope, new ScopePosition(scope, visible, new Cursor(staged, Bytes.EMPTY)));
    }

    private static PushedTransaction changed(
            PushedTransaction from,
            long sequence,
            boolean isVoid,
            @org.jspecify.annotations.Nullable JsonElement bytes) {
        return new PushedTransaction(
                from.id(),
                sequence,
                from.bases(),
                from.writtenAt(),
                from.dependsOn(),
                isVoid,
                isVoid ? new byte[0] : bytes == null ? from.changes() : changes(bytes));
    }

    /** What the step sends: all that is pending, or what it names, as it is or altered. */
    private List<PushedTransaction> sent(JsonObject step, ScriptDevice device) {
        if (!step.has("send")) {
            return List.copyOf(device.pending);
        }
        List<PushedTransaction> sent = new ArrayList<>();
        for (JsonElement element : step.getAsJsonArray("send")) {
            if (element.isJsonPrimitive()) {
                sent.add(transaction(element.getAsString()));
                continue;
            }
            JsonObject altered = element.getAsJsonObject();
            PushedTransaction from = transaction(altered.get("tx").getAsString());
            long sequence = altered.has("sequence") ? Values.number(altered.get("sequence")) : from.sequence();
            sent.add(changed(from, sequence, altered.has("void"), altered.get("changes")));
        }
        return sent;
    }

    private void sync(String where, JsonObject step) throws IOException {
        ScriptDevice device = device(step);
        SyncRequest request = new SyncRequest(
                ++requests,
                device.id,
                step.has("confirmed") ? Values.number(step.get("confirmed")) : device.confirmed,
                clock(device),
                List.copyOf(device.positions.values()),
                List.of(),
                sent(step, device),
                "conformance 1");
        JsonObject question = Asked.question("exchange");
        question.addProperty(
                "subject", step.has("subject") ? step.get("subject").getAsString() : device.subject);
        question.add("scopes", array(step.has("scopes") ? texts(step, "scopes") : device.granted));
        question.addProperty("read_only", step.has("read_only"));
        byte[] bytes = step.has("bytes")
                ? JsonToMessage.hex(step.get("bytes").getAsString())
                : SyncCodec.encodeRequest(request);
        question.addProperty("request", HexFormat.of().formatHex(bytes));
        JsonObject answer = ask(question);
        if (!answer.has("answer")) {
            return;
        }
        byte[] body = JsonToMessage.hex(answer.get("answer").getAsString());
        new ScriptAnswer(asked, where, body, names()).check(step, device, request, schema);
    }

    private Map<TransactionId, String> names() {
        Map<TransactionId, String> names = new HashMap<>();
        transactions.forEach((name, transaction) -> names.put(transaction.id(), name));
        return names;
    }

    private static JsonArray array(Set<String> texts) {
        JsonArray array = new JsonArray();
        new java.util.TreeSet<>(texts).forEach(text -> array.add(new JsonPrimitive(text)));
        return array;
    }
}
