package dev.godwit.conformance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A program that is asked and answers wrongly: it lets the last to arrive win, whatever the column says. */
final class WrongSubject {
    private WrongSubject() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (args.length > 0) {
            out.println(args[0]);
        }
        try (GodwitSubject right = new GodwitSubject()) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonObject question = JsonParser.parseString(line).getAsJsonObject();
                if (question.has("column")) {
                    question.getAsJsonObject("column").addProperty("word", "server_order");
                    question.getAsJsonObject("column").remove("precedence");
                }
                out.println(ChildSubject.line(right.answer(question)));
            }
        }
    }
}
