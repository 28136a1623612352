package dev.godwit.cli;

import dev.godwit.http.GodwitHttp;
import dev.godwit.http.HttpOptions;
import dev.godwit.http.SharedSecretTokens;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Runs a server on an embedded database until it is told to stop.",
        footer = {
            "",
            "Example: godwit serve --schema app.sql --dev",
            "  --dev makes a secret and prints a token for the scopes given with --dev-scopes."
        })
final class ServeCommand implements Callable<Integer> {
    private static final long DAY_MILLIS = 86_400_000;

    @Option(names = "--schema", required = true, paramLabel = "FILE", description = "The schema file.")
    Path schema = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "godwit-data",
            description = "Where the database is kept.")
    Path data = Path.of("");

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "The address to listen on.")
    String host = "";

    @Option(names = "--port", defaultValue = "8484", description = "The port; 0 takes a free one.")
    int port;

    @Option(
            names = "--secret",
            paramLabel = "FILE",
            description = "The secret that tokens are signed with, 32 bytes or more.")
    @Nullable
    Path secret;

    @Option(names = "--dev", description = "For trying out: a secret of its own, and a printed token.")
    boolean dev;

    @Option(names = "--dev-scopes", split = ",", defaultValue = "shared,red,blue", description = "What --dev grants.")
    List<String> devScopes = List.of();

    @Option(names = "--tls", paramLabel = "P12", description = "A PKCS #12 key store for TLS.")
    @Nullable
    Path keyStore;

    @Option(names = "--tls-password", defaultValue = "${env:GODWIT_TLS_PASSWORD:-}", description = "Its password.")
    String keyStorePassword = "";

    @Option(names = "--insecure", description = "Allow plain HTTP on other addresses than loopback.")
    boolean insecure;

    @Mixin
    final PaceOptions devices = new PaceOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        JdbcSqlite driver = new JdbcSqlite();
        String text = InputFile.text(schema);
        Schema read = new SchemaReader(driver).read(schema.getFileName().toString(), text);
        SharedSecretTokens tokens = new SharedSecretTokens(secret(), System::currentTimeMillis);
        if (keyStore != null && !Files.exists(keyStore)) {
            throw new NoSuchFileException(keyStore.toString());
        }
        HttpOptions.Tls tls = keyStore == null ? null : new HttpOptions.Tls(keyStore, keyStorePassword);
        HttpOptions http = new HttpOptions(host, port, tokens, Limits.DEFAULT, tls, insecure);
        Files.createDirectories(data);
        try (FileChannel lock =
                FileChannel.open(data.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                throw new IOException(
                        data + " is in use by another server: stop that one, or give another folder with --data");
            }
            serve(read, driver, http, tokens);
        }
        return ExitCode.DONE;
    }

    private void serve(Schema read, JdbcSqlite driver, HttpOptions http, SharedSecretTokens tokens)
            throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        String file = data.resolve("server.db").toString();
        ServerOptions options = ServerOptions.of(read, driver, file, System::currentTimeMillis, UUID::randomUUID)
                .withPace(devices.pace());
        try (SyncServer engine = SyncServer.open(options);
                GodwitHttp server = listen(http, engine)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stop.countDown();
                try {
                    stopped.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }));
            // only now: whoever reads this may tell it to stop
            if (dev) {
                out.println("token " + tokens.mint("dev", devScopes, false, DAY_MILLIS));
            }
            out.println("listening on " + server.address());
            out.flush();
            stop.await();
        } finally {
            stopped.countDown();
        }
    }

    private static GodwitHttp listen(HttpOptions options, SyncServer engine) throws IOException {
        try {
            return GodwitHttp.start(options, engine);
        } catch (IllegalStateException taken) {
            throw new IOException(taken.getMessage(), taken);
        }
    }

    private byte[] secret() throws IOException {
        if (secret != null) {
            return InputFile.bytes(secret);
        }
        if (!dev) {
            throw new IllegalArgumentException("give --secret FILE, or --dev to try things out");
        }
        byte[] made = new byte[48];
        new SecureRandom().nextBytes(made);
        return made;
    }
}
