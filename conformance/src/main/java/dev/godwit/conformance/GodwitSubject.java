package dev.godwit.conformance;

import com.google.gson.JsonObject;
import java.io.IOException;

/** This implementation, in the same process. For one thread. */
public final class GodwitSubject implements ConformanceSubject {
    private final ServerAnswers server = new ServerAnswers();

    @Override
    public JsonObject answer(JsonObject question) throws IOException {
        try {
            return switch (question.get("ask").getAsString()) {
                case "merge", "shows", "canonical", "stamp" -> MergeCell.answer(question);
                case "decode" -> WireAnswers.decode(question);
                case "encode" -> WireAnswers.encode(question);
                case "open", "exchange", "restart", "save", "restore", "forget", "close" -> server.answer(question);
                default -> unsupported();
            };
        } catch (RuntimeException broken) {
            JsonObject answer = new JsonObject();
            answer.addProperty("error", broken.toString());
            return answer;
        }
    }

    private static JsonObject unsupported() {
        JsonObject answer = new JsonObject();
        answer.addProperty("unsupported", true);
        return answer;
    }

    @Override
    public void close() {
        server.close();
    }
}
