package dev.godwit.merge;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.godwit.merge.Json.Elements;
import dev.godwit.merge.Json.Members;
import dev.godwit.merge.Json.Scalar;
import dev.godwit.merge.Json.ScalarKind;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON documents as text: RFC 8259 to the letter when read (and no half characters, which SQLite could not store), without
 * white space and with sorted members when written. What is nested deeper than {@link #DEEPEST} is refused, so that a document
 * can be walked by recursion, and what has more than {@link #MOST_VALUES} values, since each takes some hundred bytes while
 * documents merge.
 */
final class JsonText {
    static final int DEEPEST = 500;

    static final int MOST_VALUES = 100_000;

    private final JsonReader reader;
    private int values;

    private JsonText(JsonReader reader) {
        this.reader = reader;
    }

    static Json parse(String text) throws MalformedException {
        if (text.startsWith("\ufeff")) {
            throw new MalformedException("is not JSON: it begins with a byte order mark");
        }
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(DEEPEST + 1);
        try {
            Json json = new JsonText(reader).value(0);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedException("is not JSON: something follows the document");
            }
            return json;
        } catch (IOException e) {
            throw new MalformedException("is not JSON: " + reason(e) + " at path " + reader.getPath());
        }
    }

    /**
     * Checks what a merge made; what is stored must be read again.
     *
     * @throws MalformedException if it has too many values
     */
    static void check(@Nullable Json merged) throws MalformedException {
        if (merged != null && values(merged) > MOST_VALUES) {
            throw tooMany();
        }
    }

    private static int values(Json json) {
        int values = 1;
        if (json instanceof Elements array) {
            for (Json element : array.elements()) {
                values += values(element);
            }
        } else if (json instanceof Members object) {
            for (Json member : object.members().values()) {
                values += values(member);
            }
        }
        return values;
    }

    static MalformedException tooMany() {
        return new MalformedException("has more than " + MOST_VALUES + " values");
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        // the library tells how to make it accept more, and where in its own words
        String line = message.lines().findFirst().orElse("");
        if (line.startsWith("Use JsonReader")) {
            return "malformed"
                    + line.substring(Math.max(0, line.indexOf(" at line"))).replaceFirst(" path .*", "");
        }
        return line.replaceFirst(" path .*", "");
    }

    private Json value(int depth) throws IOException, MalformedException {
        if (++values > MOST_VALUES) {
            throw tooMany();
        }
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object(deeper(depth));
            case BEGIN_ARRAY -> array(deeper(depth));
            case STRING -> new Scalar(ScalarKind.STRING, reader.nextString());
            case NUMBER -> new Scalar(ScalarKind.NUMBER, reader.nextString());
            case BOOLEAN ->
                reader.nextBoolean() ? new Scalar(ScalarKind.TRUE, "true") : new Scalar(ScalarKind.FALSE, "false");
            case NULL -> {
                reader.nextNull();
                yield Scalar.NULL;
            }
            default -> throw new MalformedException("is not JSON: a value is missing at path " + reader.getPath());
        };
    }

    private int deeper(int depth) throws MalformedException {
        if (depth >= DEEPEST) {
            throw new MalformedException("is nested deeper than " + DEEPEST + " at path " + reader.getPath());
        }
        return depth + 1;
    }

    private Json array(int depth) throws IOException, MalformedException {
        List<Json> elements = new ArrayList<>();
        reader.beginArray();
        while (reader.peek() != JsonToken.END_ARRAY) {
            elements.add(value(depth));
        }
        reader.endArray();
        return new Elements(elements);
    }

    private Json object(int depth) throws IOException, MalformedException {
        TreeMap<String, Json> members = Members.map();
        reader.beginObject();
        while (reader.peek() != JsonToken.END_OBJECT) {
            String name = reader.nextName();
            if (members.containsKey(name)) {
                throw new MalformedException("has a member twice, at path " + reader.getPath());
            }
            members.put(name, value(depth));
        }
        reader.endObject();
        return new Members(members);
    }

    static String write(Json json) {
        StringBuilder out = new StringBuilder();
        write(json, out);
        return out.toString();
    }

    private static void write(Json json, StringBuilder out) {
        if (json instanceof Scalar scalar) {
            write(scalar, out);
        } else if (json instanceof Elements array) {
            String separator = "[";
            for (Json element : array.elements()) {
                write(element, out.append(separator));
                separator = ",";
            }
            out.append(array.elements().isEmpty() ? "[]" : "]");
        } else if (json instanceof Members object) {
            char separator = '{';
            for (Map.Entry<String, Json> member : object.members().entrySet()) {
                quote(member.getKey(), out.append(separator));
                write(member.getValue(), out.append(':'));
                separator = ',';
            }
            out.append(object.members().isEmpty() ? "{}" : "}");
        }
    }

    private static void write(Scalar scalar, StringBuilder out) {
        if (scalar.kind() == ScalarKind.STRING) {
            quote(scalar.value(), out);
        } else {
            out.append(scalar.value());
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                escape(c, out);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static void escape(char c, StringBuilder out) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(Character.forDigit((c >> shift) & 0xf, 16));
                }
            }
        }
    }
}
