package dev.godwit.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.Locale;

/** Runs a case of {@code wire}: bytes and what they say, both ways, or bytes that must be refused. */
final class WireCases {
    private WireCases() {}

    static void run(Asked asked, JsonObject one) throws IOException {
        asked.expect("the case", one.has("description") != one.has("refused"), "is either read or refused");
        String hex = hex(one.get("hex"));
        JsonObject answer = asked.ask(decode(one, hex));
        if (one.has("refused")) {
            asked.expect("decoding", one.get("refused"), answer.get("refused"));
            asked.expect("decoding", !answer.has("description"), "is refused and described at once");
            return;
        }
        asked.expect("decoding", one.get("description"), answer.get("description"));
        if (one.has("decode_only")) {
            return;
        }
        JsonObject question = Asked.question("encode");
        question.add("message", one.get("message"));
        question.add("description", one.get("description"));
        JsonObject encoded = asked.ask(question);
        if (!encoded.has("hex")) {
            asked.expect("encoding", false, "has an answer with hex");
            return;
        }
        String bytes = encoded.get("hex").getAsString().toLowerCase(Locale.ROOT);
        if (one.has("canonical")) {
            asked.expect("encoding", new JsonPrimitive(hex), new JsonPrimitive(bytes));
        }
        asked.expect(
                "decoding what was encoded",
                one.get("description"),
                asked.ask(decode(one, bytes)).get("description"));
        // a subject that is wrong both ways agrees with itself, and not with this implementation
        asked.expect(
                "decoding what was encoded, here",
                one.get("description"),
                WireAnswers.decode(decode(one, bytes)).get("description"));
    }

    private static JsonObject decode(JsonObject one, String hex) {
        JsonObject question = Asked.question("decode");
        question.add("message", one.get("message"));
        question.addProperty("hex", hex);
        return question;
    }

    /** Hexadecimal digits, in one text or a list of them; spaces, and what follows a #, are for people. */
    static String hex(JsonElement hex) {
        StringBuilder digits = new StringBuilder();
        if (hex.isJsonArray()) {
            hex.getAsJsonArray().forEach(line -> digits.append(hex(line)));
            return digits.toString();
        }
        String line = hex.getAsString();
        int comment = line.indexOf('#');
        return (comment < 0 ? line : line.substring(0, comment)).replace(" ", "");
    }
}
