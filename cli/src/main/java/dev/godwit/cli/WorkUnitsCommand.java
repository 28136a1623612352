package dev.godwit.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

@Command(
        name = "units",
        description =
                "Writes the files with which the operating system runs due work while the application is not there. It registers"
                        + " nothing itself, and prints how that is done.",
        footer = {"", "Example: godwit work units a.db --for systemd --every 15m --out ."})
final class WorkUnitsCommand extends DatabaseCommand {
    @Option(names = "--for", required = true, paramLabel = "SYSTEM", description = "One of: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init")
    WakeUpFormat format;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            defaultValue = "15m",
            converter = Every.Converter.class,
            description = "How often: 5m to 1d (${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    Every every;

    @Option(names = "--out", paramLabel = "DIR", description = "Write the files there, and do not print them.")
    @Nullable
    Path folder;

    @Option(names = "--on-power", description = "Only while the machine is on external power; not for launchd.")
    boolean onPower;

    @Option(
            names = "--command",
            paramLabel = "WORD",
            description =
                    "The command that is godwit, word by word, the program by its whole path; by default this Java and this jar.")
    List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Path file = new WorkFile(database).path(); // a timer needs the whole path
        List<String> words = new ArrayList<>(command.isEmpty() ? own() : command);
        if (words.get(0).isEmpty()
                || !(words.get(0).startsWith("/") || words.get(0).matches("(?s)[A-Za-z]:\\\\.*"))) {
            throw new ParameterException(
                    spec.commandLine(), "--command " + words.get(0) + ": give the program by its whole path");
        }
        words.addAll(List.of("work", "run", file.toString()));
        WakeUp wake = new WakeUp(WakeUp.name(file), words, every, onPower);
        List<WakeUp.UnitFile> files = format.files(wake);
        Listing listing = listing();
        for (WakeUp.UnitFile unit : files) {
            Map<String, @Nullable Object> row = listing.row();
            row.put("file", folder == null ? unit.name() : write(folder, unit));
            row.put("text", unit.text());
        }
        if (json) {
            listing.print(out(), "");
        } else {
            files.forEach(unit -> print(unit));
            out().println("To install it:");
            format.installs(wake).forEach(line -> out().println("  " + line));
        }
        return ExitCode.DONE;
    }

    private void print(WakeUp.UnitFile unit) {
        if (folder == null) {
            out().println("# " + unit.name());
            out().println(unit.text().replace("\uFEFF", "").replace("\r", ""));
        } else {
            out().println("written: " + folder.resolve(unit.name()));
        }
    }

    private static Path write(Path folder, WakeUp.UnitFile unit) throws IOException {
        Files.createDirectories(folder);
        return Files.write(folder.resolve(unit.name()), unit.text().getBytes(unit.charset()));
    }

    /** This Java and this jar. */
    private List<String> own() {
        try {
            Path jar = Path.of(Main.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isRegularFile(jar)) {
                boolean isWindows = System.getProperty("os.name", "").startsWith("Windows");
                Path java = Path.of(System.getProperty("java.home"), "bin", isWindows ? "java.exe" : "java");
                return List.of(java.toString(), "-jar", jar.toString());
            }
        } catch (URISyntaxException none) {
            // asks for it below
        }
        throw new ParameterException(
                spec.commandLine(), "--command is missing: this godwit does not run from a jar, so say how it is run");
    }
}
