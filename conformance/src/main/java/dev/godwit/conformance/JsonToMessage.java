package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Pace;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Decisions;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FreshColumns;
import dev.godwit.wire.Opening;
import dev.godwit.wire.Page;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Messages from what {@link MessageToJson} says of them. */
final class JsonToMessage {
    private JsonToMessage() {}

    static SyncRequest request(JsonObject json) {
        return new SyncRequest(
                Values.number(json.get("request_id")),
                new DeviceId(uuid(json, "device")),
                Values.number(json.get("confirmed")),
                clock(json.getAsJsonObject("clock")),
                objects(json, "scopes", JsonToMessage::position),
                objects(
                        json,
                        "fresh",
                        one -> new FreshColumns(
                                text(one, "table"), list(one.getAsJsonArray("columns"), JsonElement::getAsString))),
                objects(json, "transactions", JsonToMessage::transaction),
                text(json, "application"));
    }

    private static DeviceClock clock(JsonObject json) {
        return new DeviceClock(Values.number(json.get("wall")), Values.number(json.get("elapsed")), text(json, "boot"));
    }

    private static ScopePosition position(JsonObject json) {
        return new ScopePosition(
                text(json, "scope"), checkpoint(json.get("visible")), cursor(json.getAsJsonObject("cursor")));
    }

    private static Checkpoint checkpoint(JsonElement json) {
        return json.isJsonNull()
                ? Checkpoint.NONE
                : new Checkpoint(
                        uuid(json.getAsJsonObject(), "timeline"),
                        Values.number(json.getAsJsonObject().get("commit")));
    }

    private static Cursor cursor(JsonObject json) {
        return new Cursor(checkpoint(json.get("at")), Bytes.of(hex(text(json, "position"))));
    }

    private static PushedTransaction transaction(JsonObject json) {
        JsonElement changes = json.get("changes");
        boolean isVoid = json.get("void").getAsBoolean();
        byte[] encoded = isVoid
                ? new byte[0]
                : changes.isJsonArray() ? Changes.encode(blocks(changes.getAsJsonArray())) : hex(changes.getAsString());
        return new PushedTransaction(
                new TransactionId(uuid(json, "id")),
                Values.number(json.get("sequence")),
                checkpoints(json.getAsJsonObject("bases")),
                clock(json.getAsJsonObject("written")),
                list(json.getAsJsonArray("depends_on"), Values::number),
                isVoid,
                encoded);
    }

    private static Map<String, Checkpoint> checkpoints(JsonObject json) {
        Map<String, Checkpoint> checkpoints = new HashMap<>();
        json.entrySet().forEach(scope -> checkpoints.put(scope.getKey(), checkpoint(scope.getValue())));
        return checkpoints;
    }

    static List<RowBlock> blocks(JsonArray json) {
        return list(json, element -> {
            JsonObject block = element.getAsJsonObject();
            return new RowBlock(
                    text(block, "table"),
                    RowKind.valueOf(text(block, "kind")),
                    list(
                            block.getAsJsonArray("columns"),
                            pair -> new BlockColumn(
                                    pair.getAsJsonArray().get(0).getAsString(),
                                    ColumnRole.valueOf(
                                            pair.getAsJsonArray().get(1).getAsString()))),
                    list(block.getAsJsonArray("rows"), row -> Values.list(row).toArray(new Value[0])));
        });
    }

    static Frame frame(JsonObject json) {
        return switch (text(json, "frame")) {
            case "opening" ->
                new Opening(
                        Values.number(json.get("request_id")),
                        uuid(json, "timeline"),
                        Values.number(json.get("server_millis")),
                        Values.number(json.get("rows_to_come")),
                        json.has("pace") ? pace(json.getAsJsonObject("pace")) : Pace.NONE);
            case "decisions" -> new Decisions(objects(json, "receipts", JsonToMessage::receipt));
            case "notice" ->
                new ScopeNotice(
                        text(json, "scope"), ScopeNotice.Kind.valueOf(text(json, "kind")), text(json, "message"));
            case "page" ->
                new Page(
                        text(json, "scope"),
                        blocks(json.getAsJsonArray("blocks")),
                        cursor(json.getAsJsonObject("cursor")));
            case "cut" ->
                new Cut(
                        objects(json, "receipts", JsonToMessage::receipt),
                        checkpoints(json.getAsJsonObject("checkpoints")),
                        Values.number(json.get("last_sequence")),
                        Values.number(json.get("safe_sequence")));
            case "refusal" ->
                new Refusal(
                        Refusal.Code.valueOf(text(json, "code")),
                        text(json, "message"),
                        Values.number(json.get("retry_after_millis")));
            default -> throw new IllegalArgumentException("no frame: " + json);
        };
    }

    private static Pace pace(JsonObject json) {
        return new Pace(
                Values.number(json.get("interval_millis")),
                Values.number(json.get("transactions")),
                Values.number(json.get("bytes")));
    }

    private static Receipt receipt(JsonObject json) {
        return new Receipt(
                new TransactionId(uuid(json, "id")),
                Values.number(json.get("sequence")),
                outcome(json.getAsJsonObject("outcome")));
    }

    private static List<Outcome.Rekeyed> rekeyed(JsonObject json) {
        return objects(
                json,
                "rekeyed",
                one -> new Outcome.Rekeyed(
                        text(one, "table"),
                        new Key(Values.list(one.get("from"))),
                        new Key(Values.list(one.get("to")))));
    }

    static Outcome outcome(JsonObject json) {
        return switch (text(json, "outcome")) {
            case "applied" -> {
                Map<String, Long> commits = new HashMap<>();
                json.getAsJsonObject("commits")
                        .entrySet()
                        .forEach(scope -> commits.put(scope.getKey(), Values.number(scope.getValue())));
                yield new Outcome.Applied(
                        commits,
                        objects(
                                json,
                                "lost",
                                one -> new Outcome.LostCell(
                                        text(one, "table"),
                                        new Key(Values.list(one.get("key"))),
                                        textOrNull(one, "column"))),
                        rekeyed(json));
            }
            case "duplicate" -> new Outcome.Duplicate(rekeyed(json));
            case "rejected" ->
                new Outcome.Rejected(
                        RejectionCode.valueOf(text(json, "code")),
                        text(json, "message"),
                        textOrNull(json, "table"),
                        textOrNull(json, "key"));
            case "later" -> new Outcome.Later(Values.number(json.get("after_millis")), text(json, "reason"));
            case "voided" -> new Outcome.Voided();
            default -> throw new IllegalArgumentException("no outcome: " + json);
        };
    }

    private static String text(JsonObject json, String member) {
        return json.get(member).getAsString();
    }

    private static @Nullable String textOrNull(JsonObject json, String member) {
        return json.get(member).isJsonNull() ? null : text(json, member);
    }

    private static UUID uuid(JsonObject json, String member) {
        return UUID.fromString(text(json, member));
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static <T> List<T> list(JsonArray array, Function<JsonElement, T> one) {
        List<T> all = new ArrayList<>();
        array.forEach(element -> all.add(one.apply(element)));
        return all;
    }

    private static <T> List<T> objects(JsonObject json, String member, Function<JsonObject, T> one) {
        return list(json.getAsJsonArray(member), element -> one.apply(element.getAsJsonObject()));
    }
}
