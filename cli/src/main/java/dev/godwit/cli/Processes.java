package dev.godwit.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the command in processes of their own, for the demo and the bench: the same Java, the same class path, 256 MiB of
 * heap. Belongs to one thread.
 */
public final class Processes implements AutoCloseable {
    private final List<Process> started = new ArrayList<>();
    private final List<Process> servers = new ArrayList<>();
    private final List<String> javaOptions;

    private Processes(List<String> javaOptions) {
        this.javaOptions = javaOptions;
    }

    /** Whose speed is looked at. */
    public static Processes ofThisJava() {
        return new Processes(List.of());
    }

    /** Each of which lives for seconds: it compiles nothing that it does not live to use. */
    public static Processes brief() {
        return new Processes(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }

    /** A running server: where it listens, and a token for it. */
    public record Server(Process process, String address, String token) {}

    /**
     * Starts a server and waits until it listens.
     *
     * @param scopes what its token grants, with commas
     * @param more arguments
     * @throws IOException if it ends before that
     */
    public Server serve(Path schema, Path data, String scopes, int port, String... more) throws IOException {
        Path secret = data.resolveSibling("secret.txt");
        if (!Files.exists(secret)) {
            // kept beside the data, so that a server that is started again takes the same tokens
            Files.writeString(secret, new BigInteger(256, new SecureRandom()).toString(Character.MAX_RADIX));
        }
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "--schema",
                schema.toString(),
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port),
                "--secret",
                secret.toString(),
                "--dev",
                "--dev-scopes",
                scopes));
        arguments.addAll(List.of(more));
        Process process = start(arguments);
        String token = "";
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("token ")) {
                token = line.substring(6);
            } else if (line.startsWith("listening on ")) {
                servers.add(process);
                return new Server(process, line.substring(13), token);
            }
        }
        throw new IOException("the server ended before it listened; its messages are above");
    }

    /** Starts any command; what it says on its error stream goes to ours. */
    public Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(javaOptions);
        command.add("dev.godwit.cli.Main");
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return process;
    }

    /** Whether the servers that were started still run. */
    public boolean areAlive() {
        return servers.stream().allMatch(Process::isAlive);
    }

    /** Ends every process that is still there. */
    @Override
    public void close() {
        for (Process process : started) {
            process.destroy();
            try {
                if (!process.waitFor(15, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException stop) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
