package dev.godwit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The runner against subjects that are right, wrong, dumb or dead; programs are real processes. */
class SubjectTest {
    private static final Set<String> ALL = Set.copyOf(Conformance.GROUPS);
    /** For each word another one that a careless implementation could take it for. */
    private static final Map<String, String> MISTAKEN = Map.ofEntries(
            Map.entry("last_writer", "server_order"),
            Map.entry("server_order", "last_writer"),
            Map.entry("scope", "server_order"),
            Map.entry("max", "last_writer"),
            Map.entry("min", "max"),
            Map.entry("first_write", "last_writer"),
            Map.entry("add_wins_set", "three_way"),
            Map.entry("merged_json", "three_way"),
            Map.entry("three_way", "manual"),
            Map.entry("manual", "custom"),
            Map.entry("custom", "last_writer"),
            Map.entry("read_only", "manual"));

    /** This implementation with something wrong in what it is asked or what it answers. */
    private record Altered(GodwitSubject right, UnaryOperator<JsonObject> question, UnaryOperator<JsonObject> answer)
            implements ConformanceSubject {
        @Override
        public JsonObject answer(JsonObject asked) throws IOException {
            return answer.apply(right.answer(question.apply(asked.deepCopy())));
        }

        @Override
        public void close() {
            right.close();
        }
    }

    private static Conformance.Total run(
            String files, UnaryOperator<JsonObject> question, UnaryOperator<JsonObject> answer) throws IOException {
        try (ConformanceSubject altered = new Altered(new GodwitSubject(), question, answer)) {
            return Conformance.runFiles(altered, file -> file.startsWith(files), failure -> {});
        }
    }

    private static List<String> program(String type, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                type));
        command.addAll(List.of(arguments));
        return command;
    }

    private static int command(StringWriter out, String... arguments) {
        PrintWriter writer = new PrintWriter(out, true);
        return Main.run(writer, writer, arguments);
    }

    @Test
    void everyCaseHoldsThroughAPipe() throws IOException {
        List<Conformance.Failure> failures = new ArrayList<>();
        try (ConformanceSubject child = new ChildSubject(program("dev.godwit.cli.Main", "conformance", "--serve"))) {
            Conformance.Total total = Conformance.run(child, ALL, failures::add);
            assertThat(failures).isEmpty();
            assertThat(total.run()).isGreaterThan(700);
            assertThat(total.skipped()).isZero();
        }
    }

    @Test
    void aProgramThatAnswersWronglyFailsAndIsToldWhere() {
        StringWriter out = new StringWriter();
        String subject = String.join(" ", program("dev.godwit.conformance.WrongSubject"));
        assertThat(command(out, "conformance", "--subject", subject, "--only", "merge"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("merge/last_writer: the lower stamp loses though it comes later")
                .contains("expected  {\"value\":\"x\",\"lost\":\"incoming\"}")
                .contains("seen      {\"value\":\"y\",\"lost\":\"stored\"}");
    }

    @Test
    void thisImplementationHoldsByTheCommand() {
        StringWriter out = new StringWriter();
        assertThat(command(out, "conformance", "--only", "merge,wire", "--json"))
                .isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("\"failed\":0").contains("\"skipped\":0");
        assertThat(command(new StringWriter(), "conformance", "--only", "nothing"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theCasesTellEachWordFromAnother() throws IOException {
        for (Map.Entry<String, String> mistake : MISTAKEN.entrySet()) {
            List<String> failed = new ArrayList<>();
            UnaryOperator<JsonObject> mistaken = question -> {
                JsonObject column = question.getAsJsonObject("column");
                column.addProperty("word", mistake.getValue());
                return question;
            };
            try (ConformanceSubject altered = new Altered(new GodwitSubject(), mistaken, UnaryOperator.identity())) {
                Conformance.runFiles(
                        altered, ("merge/" + mistake.getKey())::equals, failure -> failed.add(failure.file()));
            }
            assertThat(failed).as(mistake.toString()).isNotEmpty().containsOnly(mistake.getKey());
        }
    }

    @Test
    void aSubjectThatKeepsSilentAboutWhatLostFails() throws IOException {
        Conformance.Total total = run("merge", UnaryOperator.identity(), answer -> {
            if (answer.has("steps")) {
                answer.getAsJsonArray("steps")
                        .forEach(step -> step.getAsJsonObject().remove("lost"));
            }
            return answer;
        });
        assertThat(total.failed()).isGreaterThan(50);
    }

    @Test
    void aSubjectThatReadsWhatMustBeRefusedFails() throws IOException {
        Conformance.Total total = run("wire", UnaryOperator.identity(), answer -> {
            if (answer.has("refused")) {
                answer.remove("refused");
                answer.add("description", new JsonArray());
            }
            return answer;
        });
        assertThat(total.failed()).isGreaterThan(90);
    }

    @Test
    void aSubjectThatIsWrongBothWaysFails() throws IOException {
        // what it encodes as -77 it decodes as -77, and everybody else decodes as 77
        UnaryOperator<JsonObject> flipped = json -> flip(json.deepCopy());
        Conformance.Total total = run("wire", flipped, flipped);
        assertThat(total.failed()).isPositive();
    }

    private static JsonObject flip(JsonObject json) {
        if (json.has("description") && json.get("description").isJsonObject()) {
            JsonObject description = json.getAsJsonObject("description");
            if (description.has("request_id")
                    && description.get("request_id").getAsString().equals("-77")) {
                description.add("request_id", new JsonPrimitive(77));
            } else if (description.has("request_id")
                    && description.get("request_id").getAsString().equals("77")) {
                description.add("request_id", new JsonPrimitive(-77));
            }
        }
        return json;
    }

    @Test
    void aServerThatForgetsWhoAsksFails() throws IOException {
        Conformance.Total total = run(
                "protocol/scopes",
                question -> {
                    if (question.has("scopes")) {
                        JsonArray all = new JsonArray();
                        all.add("red");
                        all.add("blue");
                        question.add("scopes", all);
                    }
                    return question;
                },
                UnaryOperator.identity());
        assertThat(total.failed()).isGreaterThan(3);
    }

    @Test
    void aSubjectThatCanDoNothingIsSkippedAndFailsAsAWhole() throws IOException {
        JsonObject unsupported = new JsonObject();
        unsupported.addProperty("unsupported", true);
        Conformance.Total total = run("merge", UnaryOperator.identity(), answer -> unsupported);
        assertThat(total.run()).isZero();
        assertThat(total.skipped()).isGreaterThan(400);
        assertThat(total.held()).isFalse();
    }

    @Test
    void aSubjectThatAnswersWithNothingFailsEachCase() throws IOException {
        Conformance.Total total = run("wire", UnaryOperator.identity(), answer -> new JsonObject());
        assertThat(total.failed()).isEqualTo(total.run()).isGreaterThan(200);
    }

    @Test
    void aProgramThatEndsOrSpeaksNoJsonIsReported() throws IOException {
        try (ConformanceSubject dead = new ChildSubject(program("dev.godwit.cli.Main", "--version"))) {
            assertThatThrownBy(() -> Conformance.run(dead, ALL, failure -> {})).isInstanceOf(IOException.class);
        }
        try (ConformanceSubject loud = new ChildSubject(program("dev.godwit.conformance.WrongSubject", "hello"))) {
            assertThatThrownBy(() -> Conformance.run(loud, ALL, failure -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no JSON object: hello");
        }
    }
}
