package dev.godwit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowKind;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** This implementation against the kit, and the kit against what there is to cover: nothing may lack its cases. */
class ConformanceTest {
    private static final Set<String> ALL = Set.copyOf(Conformance.GROUPS);
    /** Words of which little can be said, and what has fewer cases than the others therefore. */
    private static final Map<String, Integer> FEWER = Map.of("read_only", 5, "scope", 5);

    @Test
    void everyCaseHoldsHere() throws IOException {
        List<Conformance.Failure> failures = new ArrayList<>();
        try (GodwitSubject own = new GodwitSubject()) {
            Conformance.Total total = Conformance.run(own, ALL, failures::add);
            assertThat(failures).isEmpty();
            assertThat(total.held()).isTrue();
            assertThat(total.skipped()).isZero();
            assertThat(total.run()).isGreaterThan(700);
        }
    }

    private static List<JsonObject> cases(String file) throws IOException {
        JsonObject whole = Conformance.files(ALL).get(file);
        assertThat(whole).as(file).isNotNull();
        List<JsonObject> cases = new ArrayList<>();
        whole.getAsJsonArray("cases").forEach(one -> cases.add(one.getAsJsonObject()));
        return cases;
    }

    @Test
    void everyMergeWordHasItsCases() throws IOException {
        Set<String> words = new TreeSet<>(Set.of("last_writer", "precedence"));
        for (MergeWord word : MergeWord.values()) {
            words.add(word == MergeWord.LAST_WRITER ? "last_writer" : word.word());
        }
        for (String word : words) {
            List<JsonObject> cases = cases("merge/" + word);
            assertThat(cases).as(word).hasSizeGreaterThanOrEqualTo(FEWER.getOrDefault(word, 15));
            assertThat(Conformance.files(ALL)
                            .get("merge/" + word)
                            .getAsJsonObject("column")
                            .get("word")
                            .getAsString())
                    .isEqualTo(word);
            assertThat(cases).as(word).anyMatch(one -> one.has("steps")).anyMatch(one -> one.has("shows"));
        }
    }

    @Test
    void everythingThatAMessageCanSayHasACase() throws IOException {
        StringBuilder read = new StringBuilder();
        Set<String> refused = new HashSet<>();
        for (String file : List.of("changes", "outcomes", "frames", "answers", "requests", "edits")) {
            for (JsonObject one : cases("wire/" + file)) {
                if (one.has("description")) {
                    read.append(one.get("description"));
                } else {
                    refused.add(one.get("message").getAsString());
                }
            }
        }
        List<String> wanted = new ArrayList<>();
        Stream.of("opening", "decisions", "notice", "page", "cut", "refusal")
                .forEach(f -> wanted.add("frame\":\"" + f));
        Stream.of("applied", "duplicate", "rejected", "later", "voided").forEach(o -> wanted.add("outcome\":\"" + o));
        Stream.of("integer", "real", "blob").forEach(kind -> wanted.add(kind + "\":"));
        for (Refusal.Code code : Refusal.Code.values()) {
            wanted.add("code\":\"" + code);
        }
        for (RejectionCode code : RejectionCode.values()) {
            wanted.add("code\":\"" + code);
        }
        for (ScopeNotice.Kind kind : ScopeNotice.Kind.values()) {
            wanted.add("kind\":\"" + kind);
        }
        for (RowKind kind : RowKind.values()) {
            wanted.add("kind\":\"" + kind);
        }
        for (ColumnRole role : ColumnRole.values()) {
            wanted.add("\"" + role + "\"]");
        }
        assertThat(wanted).allSatisfy(part -> assertThat(read.toString()).contains(part));
        assertThat(refused).contains("changes", "outcome", "frame", "answer", "request", "edit");
    }

    @Test
    void everyRejectionThatAServerCanGiveWithoutRulesOfAnApplicationHappensInAnExchange() throws IOException {
        Set<String> seen = new HashSet<>();
        for (String file : List.of("identity", "merging", "scopes", "rows", "epochs")) {
            cases("protocol/" + file).forEach(one -> seen.add(one.get("steps").toString()));
        }
        Set<RejectionCode> unreached = Set.of(
                RejectionCode.SIZE, // a transaction of 16 MiB has no place in a text file
                RejectionCode.UNKNOWN_OUTCOME, // needs a horizon that has passed a place
                RejectionCode.VALIDATOR, // rules of the application
                RejectionCode.RESOLVER);
        for (RejectionCode code : RejectionCode.values()) {
            assertThat(seen.stream().anyMatch(steps -> steps.contains("{\"rejected\":\"" + code + "\"}")))
                    .as(code.name())
                    .isEqualTo(!unreached.contains(code));
        }
    }

    @Test
    void everyHistoryThatAServerCanGetWrongHasACase() throws IOException {
        StringBuilder why = new StringBuilder();
        for (Map.Entry<String, JsonObject> file :
                Conformance.files(Set.of("protocol")).entrySet()) {
            for (JsonElement one : file.getValue().getAsJsonArray("cases")) {
                why.append(one.getAsJsonObject().get("why").getAsString()).append('\n');
            }
        }
        for (String history : List.of(
                "H1", "H2a", "H2b", "H2c", "H2d", "H2e", "H2f", "H3", "H4", "H5", "H7a", "H7b", "H7c", "H10", "H11",
                "H12", "H13", "H14")) {
            assertThat(why.toString()).containsPattern("(?m)^" + history + "\\b");
        }
    }

    @Test
    void theListOfFilesIsWhatIsThere() throws IOException {
        Set<String> listed = Conformance.files(ALL).keySet();
        Set<String> found = new TreeSet<>();
        for (String group : Conformance.GROUPS) {
            try (Stream<Path> files = Files.list(Path.of(group))) {
                files.forEach(file ->
                        found.add(group + "/" + file.getFileName().toString().replace(".json", "")));
            }
        }
        assertThat(found).isNotEmpty().isEqualTo(new TreeSet<>(listed));
    }

    @Test
    void everyCaseHasANameOfItsOwnAndAReason() throws IOException {
        for (String file : Conformance.files(ALL).keySet()) {
            Set<String> names = new HashSet<>();
            for (JsonObject one : cases(file)) {
                assertThat(names.add(one.get("name").getAsString()))
                        .as(one.get("name").getAsString())
                        .isTrue();
                assertThat(one.get("why").getAsString()).isNotBlank();
            }
        }
    }
}
