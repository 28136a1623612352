package dev.godwit.conformance;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An implementation in a process of its own: a question is a line of JSON on its standard input, an answer one on its standard
 * output, in UTF-8; what it prints on standard error is passed on. For one thread.
 */
public final class ChildSubject implements ConformanceSubject {
    private static final long END_SECONDS = 10;

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    /** Starts the program with its arguments. */
    public ChildSubject(List<String> command) throws IOException {
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** JSON on one line, with the members that are null. */
    static String line(JsonElement json) {
        return new GsonBuilder().serializeNulls().disableHtmlEscaping().create().toJson(json);
    }

    @Override
    public JsonObject answer(JsonObject question) throws IOException {
        questions.write(line(question));
        questions.newLine();
        questions.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the program has ended instead of answering " + abridged(question));
        }
        try {
            return JsonParser.parseString(line).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException noJson) {
            throw new IOException(
                    "the program answers " + abridged(question) + " with what is no JSON object: " + line, noJson);
        }
    }

    private static String abridged(JsonObject question) {
        String line = line(question);
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }

    /** Closes its standard input, on which it ends; if it does not, it is ended. */
    @Override
    public void close() throws IOException {
        try (questions;
                answers) {
            questions.close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
