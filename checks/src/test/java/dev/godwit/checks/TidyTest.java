package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a compiler does not see: sizes, documents, and what must not be in any file. */
class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int FILE_LINES = 400;
    /** Longer files, each with what holds it together. */
    private static final Map<String, Integer> LONGER = Map.of(
            "TransactionMerge.java", 620, // one transaction's rows, from what they meet to what is kept
            "CutApplier.java", 420, // the two ways of applying a cut, which must be read together
            "Godwit.java", 420); // the library's face

    @TempDir
    Path folder;

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(p -> p.toString().contains("/src/main/java/dev/godwit/")
                            && p.toString().endsWith(".java"))
                    .toList();
        }
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
    void everyModuleSaysWhatItOwns() throws IOException {
        for (Path source : sources()) {
            Path info = source.resolveSibling("package-info.java");
            assertThat(info).exists();
            assertThat(Files.readString(info)).contains("@NullMarked").contains("/**");
        }
    }

    @Test
    void publicTypesHaveAContract() throws IOException {
        Pattern type = Pattern.compile(
                "^public (?:final |sealed |abstract )*(?:class|interface|record|enum) ", Pattern.MULTILINE);
        for (Path source : sources()) {
            Matcher found = type.matcher(Files.readString(source));
            if (found.find()) {
                String before = Files.readString(source).substring(0, found.start());
                assertThat(before).as(source.toString()).contains("*/");
            }
        }
    }

    @Test
    void noFileNamesAMachineOrARegistryHost() throws IOException {
        Pattern banned = Pattern.compile("repo[1]?\\.maven\\.|registry\\.npm|deb\\.debian|/wo" + "rk/|/ro" + "ot/");
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file :
                    files.filter(Files::isRegularFile).filter(TidyTest::isOurs).toList()) {
                assertThat(banned.matcher(Files.readString(file)).find())
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    private static boolean isOurs(Path file) {
        String path = ROOT.relativize(file).toString();
        return !path.contains("target/")
                && !path.startsWith(".git/")
                && !path.endsWith("LEAD-NOTE.txt")
                && Stream.of(".java", ".md", ".xml", ".sql", ".proto", ".properties", "run", "godwit", ".config")
                        .anyMatch(path::endsWith);
    }

    @Test
    void testsThatTheRequirementsNameExist() throws IOException {
        String requirements = Files.readString(ROOT.resolve("docs/requirements.md"));
        Matcher names = Pattern.compile("`(\\w+Test)`").matcher(requirements);
        while (names.find()) {
            String wanted = names.group(1) + ".java";
            try (Stream<Path> files = Files.walk(ROOT)) {
                assertThat(files.anyMatch(p -> p.toString().contains("/src/test/") && p.endsWith(wanted)))
                        .as("docs/requirements.md names " + wanted)
                        .isTrue();
            }
        }
    }

    @Test
    void theReadmesExampleRuns() throws Exception {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(block.find()).isTrue();
        Path source = Files.writeString(folder.resolve("Hello.java"), block.group(1));
        String classPath = System.getProperty("java.class.path");
        var compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "SKIPPED: no Java compiler");
        assertThat(compiler.run(null, null, null, "-cp", classPath, "-d", folder.toString(), source.toString()))
                .isZero();
        assertThat(run("Hello")).contains("wait for the server");
    }

    private String run(String type) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            var main = loader.loadClass(type).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException failed) {
            throw new AssertionError("the README's example failed", failed.getCause());
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
