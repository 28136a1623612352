package dev.godwit.checks;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the project stands on this disk, and which files belong to it. */
final class ProjectFiles {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private ProjectFiles() {}

    /** The hand-written sources of every module, main and test. */
    static List<Path> sources() throws IOException {
        return modules().stream()
                .map(ROOT::resolve)
                .flatMap(module -> Stream.of(module.resolve("src/main/java"), module.resolve("src/test/java")))
                .filter(Files::isDirectory)
                .flatMap(ProjectFiles::below)
                .filter(file -> file.toString().endsWith(".java"))
                .sorted()
                .toList();
    }

    /** The modules of the root pom; the examples are a project of their own. */
    static List<String> modules() throws IOException {
        return Pattern.compile("<module>(\\w+)</module>")
                .matcher(Files.readString(ROOT.resolve("pom.xml")))
                .results()
                .map(module -> module.group(1))
                .toList();
    }

    static boolean isTest(Path source) {
        return source.toString().contains("/src/test/");
    }

    static String module(Path source) {
        return ROOT.relativize(source).getName(0).toString();
    }

    /** What is committed or would be: git's own answer. Skips the test where there is no git to ask. */
    static List<Path> tracked() throws IOException, InterruptedException {
        assumeTrue(Files.exists(ROOT.resolve(".git")), "SKIPPED: not a git checkout");
        Process git = new ProcessBuilder("git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z")
                .directory(ROOT.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!git.waitFor(1, TimeUnit.MINUTES) || git.exitValue() != 0) {
            throw new IOException("git ls-files failed in " + ROOT);
        }
        return Stream.of(names.split("\0"))
                .map(ROOT::resolve)
                .filter(Files::isRegularFile)
                .toList();
    }

    private static Stream<Path> below(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList().stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
