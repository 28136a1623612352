package dev.godwit.demo;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Processes;
import dev.godwit.cli.Subcommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code godwit demo}: tells the story and exits non-zero if a promise it shows is broken. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Devices, airplane mode, conflicts, crashes: watch them converge. Verifies what it shows.",
        footer = {"", "Example: godwit demo --keep /tmp/story"})
public final class DemoCommand implements Subcommand {
    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Leave the databases there for a look with any SQLite tool.")
    @Nullable
    Path keep;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Path kept = keep;
        Path folder = kept != null ? Files.createDirectories(kept) : Files.createTempDirectory("godwit-demo");
        Narrator narrator = new Narrator(spec.commandLine().getOut());
        try (Processes processes = Processes.brief()) {
            String schema = resource("field-service.sql");
            Path schemaFile = Files.writeString(folder.resolve("schema.sql"), schema);
            Processes.Server server = processes.serve(schemaFile, folder.resolve("server"), "red,shared", 0);
            spec.commandLine()
                    .getOut()
                    .println("A server process listens on " + server.address()
                            + "; three devices have databases of their own in " + folder);
            Story story = new Story(narrator, processes, folder, schemaFile, schema, server);
            try {
                story.tell();
            } finally {
                story.close();
            }
        } finally {
            if (kept == null) {
                remove(folder);
            }
        }
        boolean held = narrator.end((System.nanoTime() - begun) / 1_000_000);
        return held ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = DemoCommand.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the jar lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
