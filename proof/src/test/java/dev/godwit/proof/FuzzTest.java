package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes every target of the modules, guided by coverage: {@code -Dfuzz.seconds=} each, 60 without, two at a time, a process
 * each. A process starts from the corpus that is kept in the target's module, and what it adds stays in this module's
 * {@code target/fuzz}; what fails is left there too, as {@code found-…}, to be copied into that corpus and mended. The seed is
 * always the same: what has nothing to do with a change shall not stop it by chance. {@code -Dfuzz.seed=} goes hunting, 0 with
 * a seed that the log names.
 */
class FuzzTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path WORK = Path.of("target", "fuzz").toAbsolutePath();
    private static final long SECONDS = Long.getLong("fuzz.seconds", 60);
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final String SANITIZERS = "com.code_intelligence.jazzer.sanitizers.";
    private static final int PER_INPUT = 30;
    private static final Pattern SUM = Pattern.compile("Done (\\d+) runs in (\\d+) second");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+) ft: (\\d+)");

    private static final ExecutorService two = Executors.newFixedThreadPool(2);
    private static final Map<String, Future<Ended>> running = new TreeMap<>();

    /** Every target that stands in a module's test sources: module and name. */
    static List<String> targets() throws IOException {
        List<String> targets = new ArrayList<>();
        try (Stream<Path> files = Files.find(
                ROOT,
                8,
                (file, found) -> file.toString().matches(".*/src/test/java/dev/godwit/\\w+/\\w+Fuzz\\.java"))) {
            files.sorted().forEach(file -> {
                String name = file.getFileName().toString().replace(".java", "");
                targets.add(file.getParent().getFileName() + "." + name);
            });
        }
        return targets;
    }

    @Test
    void everyTargetIsFound() throws IOException {
        assertThat(targets())
                .contains("wire.ChangesFuzz", "merge.TextFuzz", "schema.SchemaFuzz", "server.PushFuzz")
                .hasSizeGreaterThan(9);
    }

    @BeforeAll
    static void startThemTwoAtATime() throws IOException {
        for (String target : targets()) {
            running.put(target, two.submit(() -> run(target)));
        }
    }

    @AfterAll
    static void stopThem() {
        two.shutdownNow();
    }

    /** What a process said, and how it ended. */
    private record Ended(Path log, int exit, String said) {}

    private static Ended run(String target) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(WORK.resolve(name(target)));
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(command(target))
                .directory(Files.createDirectories(folder.resolve("here")).toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            int exit = process.waitFor();
            return new Ended(log, exit, Files.readString(log, StandardCharsets.ISO_8859_1));
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void targetHoldsWhateverComes(String target) throws Exception {
        Ended ended = running.get(target).get();
        assertThat(ended.exit())
                .as(target + ": " + failure(ended.said()) + "\nsee " + ended.log())
                .isZero();
        List<MatchResult> sum = SUM.matcher(ended.said()).results().toList();
        assertThat(sum).as("%s came to its end", target).hasSize(1);
        long runs = Long.parseLong(sum.get(0).group(1));
        long seconds = Math.max(1, Long.parseLong(sum.get(0).group(2)));
        String covered = COVERED.matcher(ended.said())
                .results()
                .reduce((first, last) -> last)
                .map(MatchResult::group)
                .orElse("");
        System.out.printf(
                "fuzz %s: seed %d, %,d executions in %d s, %,d a second, %s%n",
                target, SEED, runs, seconds, runs / seconds, covered);
        try (Stream<Path> seeds = Files.list(kept(target))) {
            assertThat(runs)
                    .as("executions of %s: what is kept alone is no fuzzing", target)
                    .isGreaterThan(2 * seeds.count());
        }
    }

    private static Path kept(String target) {
        String module = target.substring(0, target.indexOf('.'));
        return ROOT.resolve(module).resolve("src/test/resources/fuzz").resolve(name(target));
    }

    private static String name(String target) {
        return target.substring(target.indexOf('.') + 1);
    }

    private static List<String> command(String target) throws IOException {
        Path folder = WORK.resolve(name(target));
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        String separator = System.getProperty("path.separator");
        StringBuilder classPath = new StringBuilder();
        for (String module : modules()) {
            classPath
                    .append(ROOT.resolve(module).resolve("target/test-classes"))
                    .append(separator);
        }
        classPath.append(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.sqlite.tmpdir=" + folder,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "-cp",
                classPath.toString(),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=dev.godwit." + target,
                "--instrumentation_includes=dev.godwit.**",
                "--custom_hook_includes=dev.godwit.**",
                // SQL out of the input, and sockets, are what some targets are about
                "--disabled_hooks=" + SANITIZERS + "SqlInjection" + separator + SANITIZERS + "ServerSideRequestForgery",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder.resolve("found-"),
                "-seed=" + SEED,
                "-max_total_time=" + SECONDS,
                "-timeout=" + PER_INPUT,
                "-rss_limit_mb=3000",
                "-max_len=2048",
                "-print_final_stats=1",
                corpus.toString(),
                kept(target).toString());
    }

    private static List<String> modules() {
        return List.of("wire", "merge", "schema", "server", "http", "testing");
    }

    /** From the first line that tells of a failure, a few lines. */
    private static String failure(String said) {
        int at = Stream.of("== Java Exception", "ERROR: libFuzzer", "Exception in thread")
                .mapToInt(said::indexOf)
                .filter(found -> found >= 0)
                .min()
                .orElse(Math.max(0, said.length() - 2_000));
        return said.substring(at, Math.min(said.length(), at + 2_000));
    }
}
