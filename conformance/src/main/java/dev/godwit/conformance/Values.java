package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SQLite values in JSON: {@code null}, a string for a TEXT, a number without a fraction for an INTEGER that a double holds
 * exactly; else an object of one member: {@code integer}, {@code real} or {@code blob}, each a string.
 */
final class Values {
    /** Integers beyond this are strings, since many readers of JSON know doubles only. */
    private static final long EXACT = 1L << 53;

    private Values() {}

    static Value of(@Nullable JsonElement json) {
        if (json == null || json.isJsonNull()) {
            return Value.NULL;
        } else if (json.isJsonPrimitive()) {
            return json.getAsJsonPrimitive().isString()
                    ? Value.of(json.getAsString())
                    : Value.of(Long.parseLong(json.getAsString()));
        }
        Map.Entry<String, JsonElement> only =
                json.getAsJsonObject().entrySet().iterator().next();
        String text = only.getValue().getAsString();
        return switch (only.getKey()) {
            case "integer" -> Value.of(Long.parseLong(text));
            case "real" -> Value.of(Double.parseDouble(text));
            case "blob" -> Value.of(HexFormat.of().parseHex(text));
            default -> throw new IllegalArgumentException("no value: " + json);
        };
    }

    static JsonElement json(Value value) {
        return switch (value.kind()) {
            case NULL -> JsonNull.INSTANCE;
            case INTEGER ->
                Math.abs(value.asLong()) <= EXACT && value.asLong() != Long.MIN_VALUE
                        ? new JsonPrimitive(value.asLong())
                        : only("integer", Long.toString(value.asLong()));
            case REAL -> only("real", Double.toString(((Value.RealValue) value).value()));
            case TEXT -> new JsonPrimitive(value.asText());
            case BLOB -> only("blob", HexFormat.of().formatHex(((Value.BlobValue) value).value()));
        };
    }

    /** A 64-bit number of a message: a JSON number, or a string of digits beyond what a double holds. */
    static JsonElement number(long number) {
        return json(Value.of(number)).isJsonObject()
                ? new JsonPrimitive(Long.toString(number))
                : new JsonPrimitive(number);
    }

    static long number(@Nullable JsonElement json) {
        return json == null ? 0 : Long.parseLong(json.getAsString());
    }

    static List<Value> list(JsonElement array) {
        List<Value> values = new ArrayList<>();
        array.getAsJsonArray().forEach(value -> values.add(of(value)));
        return values;
    }

    static JsonArray array(List<Value> values) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(json(value)));
        return array;
    }

    private static JsonObject only(String name, String value) {
        JsonObject object = new JsonObject();
        object.addProperty(name, value);
        return object;
    }

    /** The same with every value in the one spelling that this class writes, so that equal values are equal JSON. */
    static JsonElement normal(JsonElement json) {
        if (json.isJsonArray()) {
            JsonArray array = new JsonArray();
            json.getAsJsonArray().forEach(element -> array.add(normal(element)));
            return array;
        } else if (json.isJsonPrimitive() && json.getAsJsonPrimitive().isNumber()) {
            return number(number(json));
        } else if (!json.isJsonObject()) {
            return json;
        }
        JsonObject from = json.getAsJsonObject();
        boolean real = from.size() == 1 && from.has("real") && from.get("real").isJsonPrimitive();
        if (real
                || (from.size() == 1
                        && from.has("integer")
                        && from.get("integer").isJsonPrimitive())) {
            return json(of(from));
        }
        JsonObject object = new JsonObject();
        from.entrySet().forEach(member -> object.add(member.getKey(), normal(member.getValue())));
        return object;
    }
}
