package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.cli.Terminal.Ran;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The files for timers: read back as their systems read them, with paths that people really have, and worse. */
class WakeUpFormatTest {
    private static final List<String> PATHS = List.of(
            "/home/ann/app.db",
            "/home/ann/My Documents/app.db",
            "/data/100% done/app.db",
            "/data/50%%/%h/%n.db",
            "/data/$HOME/${USER}/$$.db",
            "/data/Tom & Jerry's \"best\" <new>.db",
            "/data/back\\slash\\\\/\\\"quoted\\\"\\",
            "/data/ends in a blank ",
            "/data/;semi #hash 'single'",
            "/data/Übermaß/日本語/🦆.db",
            "C:\\Users\\Ann Lee\\App Data\\app.db",
            "\\\\server\\share\\a b\\");

    private static WakeUp wake(String path) {
        return new WakeUp(
                "godwit-work-x",
                List.of("/opt/a b/java", "-jar", "/opt/g.jar", "work", "run", path),
                every("15m"),
                false);
    }

    private static Every every(String text) {
        return new Every.Converter().convert(text);
    }

    /** The words of a line, by the rules of systemd.syntax, systemd.service and systemd.unit. */
    private static List<String> systemdWords(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            assertThat(line.charAt(at)).as(line).isEqualTo('"');
            StringBuilder word = new StringBuilder();
            for (at++; line.charAt(at) != '"'; at++) {
                char c = line.charAt(at);
                if (c == '\\') {
                    at++;
                    if (line.charAt(at) == 'x') {
                        word.append((char) Integer.parseInt(line.substring(at + 1, at + 3), 16));
                        at += 2;
                        continue;
                    }
                    assertThat(line.charAt(at)).as(line).isIn('"', '\\');
                    word.append(line.charAt(at));
                } else if (c == '%' || (c == '$' && !words.isEmpty())) {
                    assertThat(line.charAt(++at))
                            .as("alone it is a specifier or a variable: " + line)
                            .isEqualTo(c);
                    word.append(c);
                } else {
                    word.append(c);
                }
            }
            words.add(word.toString());
            at += 2;
        }
        return words;
    }

    @Test
    void systemdReadsTheCommandAsItIs() {
        List<String> paths = new ArrayList<>(PATHS);
        paths.add("/data/line\nbreak\tand tab\r");
        for (String path : paths) {
            WakeUp wake = wake(path);
            List<WakeUp.UnitFile> files = WakeUpFormat.SYSTEMD.files(wake);
            List<String> starts = files.get(0)
                    .text()
                    .lines()
                    .filter(line -> line.startsWith("ExecStart="))
                    .toList();
            assertThat(starts).as("one line, whatever the path holds").hasSize(1);
            assertThat(systemdWords(starts.get(0).substring("ExecStart=".length())))
                    .isEqualTo(wake.command());
            assertThat(files.get(1).text())
                    .contains("Persistent=true", "RandomizedDelaySec=90", "OnCalendar=*-*-* *:00/15:00");
            assertThat(files.get(0).text()).doesNotContain("ConditionACPower").contains("SuccessExitStatus=4");
        }
        WakeUp plugged = new WakeUp("x", List.of("/bin/true"), every("1d"), true);
        assertThat(WakeUpFormat.SYSTEMD.files(plugged).get(0).text()).contains("\nConditionACPower=true\n");
    }

    private static Document parse(byte[] xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
    }

    private static byte[] only(WakeUpFormat format, WakeUp wake) {
        List<WakeUp.UnitFile> files = format.files(wake);
        assertThat(files).hasSize(1);
        return files.get(0).text().getBytes(files.get(0).charset());
    }

    @Test
    void launchdReadsTheCommandAsItIs() throws Exception {
        for (String path : PATHS) {
            WakeUp wake = wake(path);
            Document plist = parse(only(WakeUpFormat.LAUNCHD, wake));
            NodeList words = ((Element) plist.getElementsByTagName("array").item(0)).getElementsByTagName("string");
            assertThat(IntStream.range(0, words.getLength())
                            .mapToObj(i -> words.item(i).getTextContent()))
                    .containsExactlyElementsOf(wake.command());
            assertThat(plist.getElementsByTagName("integer").item(0).getTextContent())
                    .isEqualTo("900");
        }
    }

    /** The words of a line, by the rules of CommandLineToArgvW. */
    private static List<String> windowsWords(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        int at = 0;
        while (at < line.length()) {
            int slashes = 0;
            while (at < line.length() && line.charAt(at) == '\\') {
                slashes++;
                at++;
            }
            boolean quote = at < line.length() && line.charAt(at) == '"';
            word.append("\\".repeat(quote ? slashes / 2 : slashes));
            any |= slashes > 0;
            if (at == line.length()) {
                break;
            }
            char c = line.charAt(at++);
            if (quote && slashes % 2 == 0) {
                quoted = !quoted;
                any = true;
            } else if (Character.isWhitespace(c) && !quoted) {
                if (any) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (any) {
            words.add(word.toString());
        }
        return words;
    }

    @Test
    void taskSchedulerReadsTheCommandAsItIs() throws Exception {
        for (String path : PATHS) {
            WakeUp wake = wake(path);
            if (path.matches(".*%[^%]+%.*")) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> WakeUpFormat.WINDOWS.files(wake))
                        .withMessageContaining(path)
                        .withMessageContaining("variable")
                        .withMessageContaining("another name");
                continue;
            }
            Document task = parse(only(WakeUpFormat.WINDOWS, wake));
            assertThat(task.getElementsByTagName("Command").item(0).getTextContent())
                    .isEqualTo(wake.command().get(0));
            assertThat(windowsWords(
                            task.getElementsByTagName("Arguments").item(0).getTextContent()))
                    .isEqualTo(wake.command().subList(1, 6));
            assertThat(task.getElementsByTagName("Interval").item(0).getTextContent())
                    .isEqualTo("PT15M");
            assertThat(task.getElementsByTagName("StartWhenAvailable").item(0).getTextContent())
                    .isEqualTo("true");
        }
        assertThat(WakeUpFormat.windowsWord("")).isEqualTo("\"\"");
    }

    @Test
    void whatAFormatCannotHoldIsRefusedByName() {
        for (String path : List.of("/a/line\nbreak", "/a/tab\there", "/a/\u0001", "/a/\ud83d", "/a/\uffff")) {
            for (WakeUpFormat format : List.of(WakeUpFormat.LAUNCHD, WakeUpFormat.WINDOWS)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> format.files(wake(path)))
                        .withMessageContaining(path)
                        .withMessageContaining("U+")
                        .withMessageContaining("give it another name");
            }
        }
        for (String program : List.of("/opt/it's/java", "/opt/\"x\"/java", "/opt/a\\b/java", "/opt/a\nb")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> WakeUpFormat.SYSTEMD.files(new WakeUp("x", List.of(program), every("1h"), false)))
                    .withMessageContaining(program)
                    .withMessageContaining("systemd");
        }
        WakeUp plugged = new WakeUp("x", List.of("/bin/true"), every("1h"), true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WakeUpFormat.LAUNCHD.files(plugged))
                .withMessageContaining("--on-power")
                .withMessageContaining("charging()");
    }

    /** Skips the test, and says so, where systemd's own tool is not there. */
    private static void requireSystemd() {
        boolean isThere = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "systemd-analyze")));
        if (!isThere) {
            System.out.println("SKIPPED: no systemd-analyze; install the package systemd");
        }
        assumeTrue(isThere, "SKIPPED: no systemd-analyze; install the package systemd");
    }

    private static String systemdAnalyze(Path runtime, int code, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("systemd-analyze"));
        command.addAll(List.of(arguments));
        Path said = runtime.resolve("said.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
        builder.environment().put("TZ", "UTC");
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(code);
        return Files.readString(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"godwit", "a b%c$d f&g<i>ü%%h${HOME}", "percent %n", "; # @x"})
    void systemdItselfFindsTheProgramAndNoFault(String name, @TempDir Path folder) throws Exception {
        requireSystemd();
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        for (String path : PATHS) {
            WakeUp wake = new WakeUp("godwit-x", List.of(program.toString(), "work", "run", path), every("20m"), true);
            for (WakeUp.UnitFile file : WakeUpFormat.SYSTEMD.files(wake)) {
                Files.write(folder.resolve(file.name()), file.text().getBytes(file.charset()));
            }
            String said = systemdAnalyze(
                    folder,
                    0,
                    "--user",
                    "verify",
                    "--man=no",
                    folder.resolve("godwit-x.service").toString(),
                    folder.resolve("godwit-x.timer").toString());
            assertThat(said).as(path).isEmpty();
        }
    }

    @Test
    void everyTimeIsOneThatSystemdKnowsAndFallsOnTheSameTimesEachDay(@TempDir Path folder) throws Exception {
        requireSystemd();
        for (int minutes : Every.POSSIBLE) {
            Every every = new Every(minutes);
            assertThat(every(every.toString())).isEqualTo(every);
            assertThat(1_440 % minutes).isZero();
            String said = systemdAnalyze(
                    folder, 0, "calendar", "--iterations=2", "--base-time=2026-03-02 00:00:01 UTC", every.calendar());
            List<Long> times = said.lines()
                    .filter(line -> line.matches(".*(Next elapse|Iter. #2|Iteration #2):.*"))
                    .map(line -> line.replaceAll(".*(\\d\\d):(\\d\\d):\\d\\d.*", "$1$2"))
                    .map(time -> Long.parseLong(time.substring(0, 2)) * 60 + Long.parseLong(time.substring(2)))
                    .toList();
            assertThat(times).as(said).containsExactly(minutes % 1_440L, minutes * 2 % 1_440L);
        }
    }

    @Test
    void theCommandWritesThemAndTheirNumberDoesNotGrowWithTheQueue(@TempDir Path folder) throws IOException {
        Path db = Files.createFile(folder.resolve("My %h & \"notes\".db"));
        Path out = folder.resolve("units");
        for (String system : List.of("systemd", "launchd", "windows")) {
            Ran written = run("work", "units", db, "--for", system, "--out", out, "--command", "/opt/godwit");
            assertThat(written.code()).as(written.err()).isEqualTo(ExitCode.DONE);
            assertThat(written.out()).contains("written: " + out, "To install it:");
        }
        try (Stream<Path> files = Files.list(out)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(names)
                    .hasSize(4)
                    .allMatch(name -> name.matches("(dev\\.godwit\\.)?godwit-work-my-h-notes-db-[0-9a-f]{8}\\.\\w+"));
        }
        Ran printed =
                run("work", "units", db, "--for", "systemd", "--command", "/opt/godwit", "--every", "2h", "--on-power");
        assertThat(printed.out())
                .contains("ExecStart=\"/opt/godwit\" \"work\" \"run\" \"" + folder + "/My %%h & \\\"notes\\\".db\"")
                .contains("OnCalendar=*-*-* 00/2:00:00", "ConditionACPower=true");
        assertThat(run("work", "units", db, "--for", "systemd", "--command", "/opt/godwit", "--json")
                        .lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"file\":\"godwit-work-my-h-notes-db-"));
        assertThat(WakeUp.name(Path.of("/a/app.db"))).isNotEqualTo(WakeUp.name(Path.of("/b/app.db")));
        assertThat(WakeUp.name(Path.of("/🦆"))).matches("godwit-work-[0-9a-f]{8}");
        byte[] task =
                Files.readAllBytes(out.resolve(WakeUp.name(db.toAbsolutePath().normalize()) + ".xml"));
        assertThat(new String(task, 0, 4, StandardCharsets.UTF_16LE)).isEqualTo("\uFEFF<");
    }

    @Test
    void mistakesAreNamed(@TempDir Path folder) throws IOException {
        Path db = Files.createFile(folder.resolve("a.db"));
        usage(run("work", "units", db), "--for");
        usage(run("work", "units", db, "--for", "cron"), "cron", "SYSTEMD, LAUNCHD, WINDOWS");
        usage(run("work", "units", db, "--for", "systemd", "--every", "7m"), "'7m' is not possible", "5m, 10m", "1d");
        usage(run("work", "units", db, "--for", "systemd", "--command", "godwit"), "--command godwit", "whole path");
        usage(run("work", "units", db, "--for", "systemd"), "--command is missing");
        Ran none = run("work", "units", folder.resolve("none.db"), "--for", "systemd", "--command", "/opt/godwit");
        assertThat(none.code()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err()).contains("none.db does not exist");
    }

    private static void usage(Ran ran, String... words) {
        assertThat(ran.err()).contains(words);
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
    }
}
