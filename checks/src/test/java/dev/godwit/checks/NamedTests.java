package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tests that a page names, as {@code `Class#method`} or {@code `Class`}. */
final class NamedTests {
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|Contract))(?:#(\\w+))?`");

    private NamedTests() {}

    static boolean isIn(String text) {
        return NAMED.matcher(text).find();
    }

    /** Fails if one of them does not exist, or if there are fewer than so many. */
    static void exist(String page, int atLeast) throws IOException {
        Map<String, List<String>> sources = ProjectFiles.sources().stream()
                .collect(Collectors.groupingBy(
                        source -> source.getFileName().toString().replace(".java", ""),
                        Collectors.mapping(NamedTests::text, Collectors.toList())));
        List<MatchResult> named = NAMED.matcher(page).results().toList();
        assertThat(named.size()).isGreaterThanOrEqualTo(atLeast);
        for (MatchResult name : named) {
            assertThat(sources).as("classes").containsKey(name.group(1));
            String method = name.group(2);
            if (method != null) {
                assertThat(sources.get(name.group(1)))
                        .as(name.group())
                        .anyMatch(text -> text.contains(" void " + method + "("));
            }
        }
    }

    private static String text(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
