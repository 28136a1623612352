package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a compiler does not see: sizes, documents, and what must not be in any file. */
class TidyTest {
    private static final Path ROOT = ProjectFiles.ROOT;
    private static final int FILE_LINES = 400;
    /** Longer files, each with what holds it together. */
    private static final Map<String, Integer> LONGER = Map.of(
            "TransactionMerge.java", 620, // one transaction's rows, from what they meet to what is kept
            "CutApplier.java", 420, // the two ways of applying a cut, which must be read together
            "Godwit.java", 420); // the library's face

    private static final int TEST_LINES = 450;
    /** Longer tests: histories and cases that are read one by one, each on its own. */
    private static final Map<String, Integer> LONGER_TESTS = Map.of(
            "testing/HistoriesTest.java", 500,
            "server/ReviewedCasesTest.java", 500);

    @TempDir
    Path folder;

    private static List<Path> sources() throws IOException {
        return ProjectFiles.sources().stream()
                .filter(source -> !ProjectFiles.isTest(source))
                .toList();
    }

    @Test
    void filesAreShort() throws IOException {
        List<Path> sources = sources();
        assertThat(sources.size()).isGreaterThan(150);
        for (Path source : sources) {
            int allowed = LONGER.getOrDefault(source.getFileName().toString(), FILE_LINES);
            assertThat(Files.readAllLines(source).size()).as(source.toString()).isLessThanOrEqualTo(allowed);
        }
    }

    @Test
    void testsAreShort() throws IOException {
        for (Path source : ProjectFiles.sources()) {
            String name = ProjectFiles.module(source) + "/" + source.getFileName();
            if (ProjectFiles.isTest(source)) {
                assertThat(Files.readAllLines(source).size())
                        .as(source.toString())
                        .isLessThanOrEqualTo(LONGER_TESTS.getOrDefault(name, TEST_LINES));
            }
        }
    }

    @Test
    void everyModuleSaysWhatItOwns() throws IOException {
        for (Path source : sources()) {
            Path info = source.resolveSibling("package-info.java");
            assertThat(info).exists();
            assertThat(Files.readString(info)).contains("@NullMarked").contains("/**");
        }
    }

    @Test
    void noFileNamesAMachineOrARegistryHost() throws Exception {
        Pattern banned = Pattern.compile("repo1?\\.maven\\.|registry\\.npmjs|deb\\.debian|/wo" + "rk/|/ro" + "ot/");
        List<Path> files = ProjectFiles.tracked();
        assertThat(files.size()).isGreaterThan(150);
        for (Path file : files) {
            // One character per byte, so that a binary file is read as well.
            assertThat(banned.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .results()
                            .map(MatchResult::group))
                    .as(file.toString())
                    .isEmpty();
        }
    }

    @Test
    void testsThatTheRequirementsNameExist() throws IOException {
        Path requirements = ROOT.resolve("docs/requirements.md");
        assumeTrue(Files.exists(requirements), "SKIPPED: no docs/requirements.md");
        Set<String> tests = ProjectFiles.sources().stream()
                .filter(ProjectFiles::isTest)
                .map(source -> source.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        List<String> named = Pattern.compile("`(\\w+Test)`")
                .matcher(Files.readString(requirements))
                .results()
                .map(name -> name.group(1))
                .toList();
        assertThat(named).isNotEmpty();
        assertThat(tests).as("tests that docs/requirements.md names").containsAll(named);
    }

    @Test
    void theReadmesExampleRunsAndPrintsWhatTheReadmeShows() throws Exception {
        Path readme = ROOT.resolve("README.md");
        assumeTrue(Files.exists(readme), "SKIPPED: no README.md");
        var compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "SKIPPED: no Java compiler");
        Matcher block = Pattern.compile("```java\n(.*?)```\n+((?: {4}[^\n]*\n)+)", Pattern.DOTALL)
                .matcher(Files.readString(readme));
        assertThat(block.find())
                .as("a java block and, indented, what it prints")
                .isTrue();
        Matcher type = Pattern.compile("public (?:final )?class (\\w+)").matcher(block.group(1));
        assertThat(type.find()).as("a public class in the block").isTrue();
        Path source = Files.writeString(folder.resolve(type.group(1) + ".java"), block.group(1));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertThat(compiler.run(null, null, null, "-cp", classPath, "-d", folder.toString(), source.toString()))
                .isZero();
        assertThat(run(type.group(1), classPath)).isEqualTo(block.group(2).replaceAll("(?m)^ {4}", ""));
    }

    private String run(String type, String classPath) throws Exception {
        Process example = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        folder + System.getProperty("path.separator") + classPath,
                        type)
                .redirectError(folder.resolve("stderr.txt").toFile())
                .redirectOutput(folder.resolve("stdout.txt").toFile())
                .start();
        boolean ended = example.waitFor(1, TimeUnit.MINUTES);
        example.destroyForcibly();
        assertThat(ended).as("the README's example ends").isTrue();
        assertThat(example.exitValue())
                .as(Files.readString(folder.resolve("stderr.txt")))
                .isZero();
        return Files.readString(folder.resolve("stdout.txt"));
    }
}
