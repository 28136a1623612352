package dev.godwit.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One case in progress: puts its questions to a subject and notes where the answers differ from what is expected. */
final class Asked {
    /** The subject cannot do at all what a case needs. */
    static final class UnsupportedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnsupportedException(String question) {
            super("unsupported: " + question);
        }
    }

    /**
     * What is not as it should be.
     *
     * @param where the step or the question
     * @param expected what the case says
     * @param seen what the subject says
     */
    record Difference(String where, JsonElement expected, JsonElement seen) {}

    private final ConformanceSubject subject;
    private final List<Difference> differences = new ArrayList<>();

    Asked(ConformanceSubject subject) {
        this.subject = subject;
    }

    /** A question of this kind with members in pairs of name and value. */
    static JsonObject question(String kind) {
        JsonObject question = new JsonObject();
        question.addProperty("ask", kind);
        return question;
    }

    /** The subject's answer; a fault of the subject is a difference, and the answer then is empty. */
    JsonObject ask(JsonObject question) throws IOException {
        JsonObject answer = subject.answer(question);
        String kind = question.get("ask").getAsString();
        if (answer.has("unsupported")) {
            throw new UnsupportedException(kind);
        }
        if (answer.has("error")) {
            differ(kind, JsonNull.INSTANCE, answer);
            return new JsonObject();
        }
        return answer;
    }

    void expect(String where, @Nullable JsonElement expected, @Nullable JsonElement seen) {
        JsonElement wanted = Values.normal(expected == null ? JsonNull.INSTANCE : expected);
        JsonElement found = Values.normal(seen == null ? JsonNull.INSTANCE : seen);
        if (!wanted.equals(found)) {
            differ(where, wanted, found);
        }
    }

    void expect(String where, boolean holds, String what) {
        if (!holds) {
            differ(where, new JsonPrimitive(what), JsonNull.INSTANCE);
        }
    }

    private void differ(String where, JsonElement expected, JsonElement seen) {
        differences.add(new Difference(where, expected, seen));
    }

    List<Difference> differences() {
        return List.copyOf(differences);
    }
}
