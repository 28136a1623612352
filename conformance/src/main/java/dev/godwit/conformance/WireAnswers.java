package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameReader;
import dev.godwit.wire.FrameWriter;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.WireException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Answers questions about bytes. */
final class WireAnswers {
    private WireAnswers() {}

    static JsonObject decode(JsonObject question) throws IOException {
        JsonObject answer = new JsonObject();
        try {
            byte[] bytes = JsonToMessage.hex(question.get("hex").getAsString());
            answer.add("description", decode(question.get("message").getAsString(), bytes));
        } catch (WireException broken) {
            answer.addProperty("refused", broken.kind().name());
        }
        return answer;
    }

    private static JsonElement decode(String message, byte[] bytes) throws IOException {
        return switch (message) {
            case "request" -> MessageToJson.request(SyncCodec.decodeRequest(bytes, Limits.DEFAULT));
            case "changes" -> MessageToJson.blocks(Changes.decode(bytes, Limits.DEFAULT));
            case "outcome" -> MessageToJson.outcome(SyncCodec.decodeOutcome(bytes));
            case "frame" -> MessageToJson.frame(SyncCodec.decodeFrame(bytes, Limits.DEFAULT));
            case "edit" -> edit(bytes);
            case "answer" -> {
                JsonArray frames = new JsonArray();
                frames(bytes).forEach(frame -> frames.add(MessageToJson.frame(frame)));
                yield frames;
            }
            default -> throw new IllegalArgumentException("no message: " + message);
        };
    }

    /** Every frame of an answer. */
    static List<Frame> frames(byte[] answer) throws IOException {
        List<Frame> frames = new ArrayList<>();
        try (FrameReader reader = new FrameReader(new ByteArrayInputStream(answer), Limits.DEFAULT)) {
            for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
                frames.add(next.get());
            }
        }
        return frames;
    }

    private static JsonObject edit(byte[] bytes) {
        TextEdit edit;
        try {
            edit = TextEdit.decode(Value.of(bytes));
        } catch (IllegalArgumentException unreadable) {
            throw new WireException(WireException.Kind.MALFORMED, String.valueOf(unreadable.getMessage()), unreadable);
        }
        JsonObject json = new JsonObject();
        Checkpoint base = edit.base();
        if (base != null) {
            json.addProperty("timeline", base.timeline().toString());
            json.add("commit", Values.number(base.commit()));
        }
        json.addProperty("length", edit.length());
        json.addProperty("empty_is_null", edit.emptyIsNull());
        JsonArray splices = new JsonArray();
        for (Splice splice : edit.splices()) {
            JsonArray one = new JsonArray();
            one.add(splice.at());
            one.add(splice.deleted());
            one.add(splice.inserted());
            splices.add(one);
        }
        json.add("edit", splices);
        return json;
    }

    static JsonObject encode(JsonObject question) throws IOException {
        JsonElement description = question.get("description");
        byte[] bytes = switch (question.get("message").getAsString()) {
            case "request" -> SyncCodec.encodeRequest(JsonToMessage.request(description.getAsJsonObject()));
            case "changes" -> Changes.encode(JsonToMessage.blocks(description.getAsJsonArray()));
            case "outcome" -> SyncCodec.encodeOutcome(JsonToMessage.outcome(description.getAsJsonObject()));
            case "frame" -> SyncCodec.encodeFrame(JsonToMessage.frame(description.getAsJsonObject()));
            case "edit" -> edit(description.getAsJsonObject());
            default -> {
                List<Frame> frames = new ArrayList<>();
                description.getAsJsonArray().forEach(frame -> frames.add(JsonToMessage.frame(frame.getAsJsonObject())));
                yield stream(frames);
            }
        };
        JsonObject answer = new JsonObject();
        answer.addProperty("hex", HexFormat.of().formatHex(bytes));
        return answer;
    }

    /** The body of an answer. */
    static byte[] stream(List<Frame> frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(out)) {
            for (Frame frame : frames) {
                writer.write(frame);
            }
        }
        return out.toByteArray();
    }

    private static byte[] edit(JsonObject json) {
        TextEdit edit = TextEdit.decode(TextCell.edit(json));
        Checkpoint base = json.has("timeline")
                ? new Checkpoint(UUID.fromString(json.get("timeline").getAsString()), Values.number(json.get("commit")))
                : null;
        Value encoded = new TextEdit(base, edit.length(), edit.emptyIsNull(), edit.splices()).encode();
        return ((Value.BlobValue) encoded).value();
    }
}
