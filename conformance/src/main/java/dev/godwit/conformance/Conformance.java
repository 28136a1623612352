package dev.godwit.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** All cases of the kit, and what puts them to a subject. */
public final class Conformance {
    /** The groups of cases. */
    public static final List<String> GROUPS = List.of("merge", "wire", "protocol");

    /**
     * A case that did not go as it should.
     *
     * @param group of {@link #GROUPS}
     * @param file the data file, without its ending
     * @param name the case's name
     * @param where the step or the question
     * @param expected what the case says, as JSON
     * @param seen what the subject said, as JSON
     */
    public record Failure(String group, String file, String name, String where, String expected, String seen) {}

    /**
     * What came of it.
     *
     * @param run how many cases were put to the subject
     * @param failed how many of them failed
     * @param skipped how many others the subject does not support
     */
    public record Total(int run, int failed, int skipped) {
        /** Whether at least one case was run and none failed. */
        public boolean held() {
            return run > 0 && failed == 0;
        }
    }

    private Conformance() {}

    /** The data files of some groups, by group and name, as {@code merge/max}. */
    public static Map<String, JsonObject> files(Set<String> groups) throws IOException {
        Map<String, JsonObject> files = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> group : read("cases.json").entrySet()) {
            for (JsonElement file : group.getValue().getAsJsonArray()) {
                String name = group.getKey() + "/" + file.getAsString();
                if (groups.contains(group.getKey())) {
                    files.put(name, read(name + ".json"));
                }
            }
        }
        return files;
    }

    private static JsonObject read(String name) throws IOException {
        try (InputStream in = Conformance.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the jar lacks the cases " + name);
            }
            return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        }
    }

    /**
     * Puts every case of some groups to a subject.
     *
     * @param failures hears of each difference
     * @throws IOException if the subject cannot be asked any more
     */
    public static Total run(ConformanceSubject subject, Set<String> groups, Consumer<Failure> failures)
            throws IOException {
        return runFiles(subject, file -> groups.contains(file.substring(0, file.indexOf('/'))), failures);
    }

    /** Only the cases of some files. */
    static Total runFiles(ConformanceSubject subject, Predicate<String> which, Consumer<Failure> failures)
            throws IOException {
        int run = 0;
        int failed = 0;
        int skipped = 0;
        for (Map.Entry<String, JsonObject> file : files(Set.copyOf(GROUPS)).entrySet()) {
            if (!which.test(file.getKey())) {
                continue;
            }
            for (JsonElement element : file.getValue().getAsJsonArray("cases")) {
                JsonObject one = element.getAsJsonObject();
                Asked asked = new Asked(subject);
                try {
                    run(asked, file.getKey(), file.getValue(), one);
                } catch (Asked.UnsupportedException cannot) {
                    skipped++;
                    continue;
                } catch (RuntimeException broken) {
                    asked.expect("the answers", false, "can be followed: " + broken);
                }
                List<Failure> found = failures(file.getKey(), one, asked);
                run++;
                failed += found.isEmpty() ? 0 : 1;
                found.forEach(failures);
            }
        }
        return new Total(run, failed, skipped);
    }

    private static void run(Asked asked, String file, JsonObject whole, JsonObject one) throws IOException {
        if (file.startsWith("merge/")) {
            MergeCases.run(asked, whole, one);
        } else if (file.startsWith("wire/")) {
            WireCases.run(asked, one);
        } else {
            ProtocolCases.run(asked, whole, one);
        }
    }

    private static List<Failure> failures(String file, JsonObject one, Asked asked) {
        List<Failure> failures = new ArrayList<>();
        int slash = file.indexOf('/');
        for (Asked.Difference difference : asked.differences()) {
            failures.add(new Failure(
                    file.substring(0, slash),
                    file.substring(slash + 1),
                    one.get("name").getAsString(),
                    difference.where(),
                    ChildSubject.line(difference.expected()),
                    ChildSubject.line(difference.seen())));
        }
        return failures;
    }
}
