package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What fuzzing has kept runs through its targets again: seeds made of real messages, inputs that reached new code, and those
 * that once failed. {@code -Dfuzz.seeds.write=true} writes the seeds anew.
 */
class CorpusTest {
    private static final Path CORPORA = Path.of("src/test/resources/fuzz");
    private static final Map<String, Predicate<byte[]>> TARGETS = Map.of(
            "ChangesFuzz", ChangesFuzz::reads,
            "RequestFuzz", RequestFuzz::reads,
            "FrameFuzz", FrameFuzz::reads,
            "AnswerFuzz", AnswerFuzz::reads);
    private static final Map<String, Map<String, byte[]>> SEEDS = Map.of(
            "ChangesFuzz", ChangesFuzz.seeds(),
            "RequestFuzz", RequestFuzz.seeds(),
            "FrameFuzz", FrameFuzz.seeds(),
            "AnswerFuzz", AnswerFuzz.seeds());

    static Stream<Path> kept() throws IOException {
        try (Stream<Path> files = Files.walk(CORPORA)) {
            return files.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("kept")
    @Timeout(60)
    void everyKeptInputHolds(Path file) throws IOException {
        String target = file.getParent().getFileName().toString();
        boolean reads = TARGETS.get(target).test(Files.readAllBytes(file));
        if (file.getFileName().toString().startsWith("seed-")) {
            assertThat(reads).as("a seed is valid").isTrue();
        }
    }

    @Test
    void everyTargetHasItsSeeds() throws IOException {
        for (Map.Entry<String, Map<String, byte[]>> target : SEEDS.entrySet()) {
            assertThat(target.getValue()).as(target.getKey()).hasSizeGreaterThan(5);
            Path folder = CORPORA.resolve(target.getKey());
            for (Map.Entry<String, byte[]> seed : target.getValue().entrySet()) {
                Path file = folder.resolve("seed-" + seed.getKey());
                if (Boolean.getBoolean("fuzz.seeds.write")) {
                    Files.write(Files.createDirectories(folder).resolve(file.getFileName()), seed.getValue());
                }
                assertThat(file).exists();
            }
        }
        List<String> folders;
        try (Stream<Path> named = Files.list(CORPORA)) {
            folders = named.map(folder -> folder.getFileName().toString()).toList();
        }
        assertThat(folders).containsExactlyInAnyOrderElementsOf(TARGETS.keySet());
    }
}
