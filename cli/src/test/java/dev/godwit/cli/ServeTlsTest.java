package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Terminal.Ran;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code godwit serve --tls}: a server process with a certificate, and what is said about one that cannot be used. */
class ServeTlsTest {
    private static final String PASSWORD = "a password for tests";

    @TempDir
    Path folder;

    private Path schema() throws IOException {
        return Files.writeString(
                folder.resolve("app.sql"),
                "create table task (id text primary key, team text scope not null, title text);");
    }

    private Path keyStore() throws IOException, InterruptedException {
        Path store = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=server",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        return store;
    }

    @Test
    void aServerWithACertificateIsReachedOverTlsAndNotTrustedUnseen() throws Exception {
        Path schema = schema();
        try (Processes processes = Processes.brief()) {
            Process server = processes.start(List.of(
                    "serve",
                    "--schema",
                    schema.toString(),
                    "--data",
                    folder.resolve("data").toString(),
                    "--port",
                    "0",
                    "--dev",
                    "--tls",
                    keyStore().toString(),
                    "--tls-password",
                    PASSWORD));
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
            String token = out.readLine().replace("token ", "");
            String address = out.readLine().replace("listening on ", "");
            assertThat(address).startsWith("https://127.0.0.1:");
            Ran untrusted = syncWith("a.db", schema, address, token);
            assertThat(untrusted.code()).isEqualTo(ExitCode.FAILED);
            assertThat(untrusted.out()).contains("certificate is not trusted", "pending 1");
            Ran plain = syncWith("b.db", schema, address.replace("https", "http"), token);
            assertThat(plain.code()).isEqualTo(ExitCode.FAILED);
            assertThat(plain.out()).contains("This port speaks TLS", "pending 1");
        }
    }

    private Ran syncWith(String name, Path schema, String address, String token) {
        Path device = folder.resolve(name);
        run("init", device, "--schema", schema, "--scope", "red", "--server", address, "--token", token);
        run("sql", device, "insert into task values ('1', 'red', 'kept')");
        return run("sync", device);
    }

    @Test
    void aKeyStoreThatCannotBeUsedIsNamedWithTheReason() throws Exception {
        serveFails(keyStore(), "wrong", "the password is wrong: give it with --tls-password or in GODWIT_TLS_PASSWORD");
        serveFails(folder.resolve("none.p12"), PASSWORD, "there is no file");
    }

    private void serveFails(Path keyStore, String password, String why) throws IOException {
        Path data = folder.resolve("data");
        Ran ran = run(
                "serve",
                "--schema",
                schema(),
                "--data",
                data,
                "--port",
                0,
                "--dev",
                "--tls",
                keyStore,
                "--tls-password",
                password);
        assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains(keyStore.toString(), why).doesNotContain("\tat ");
    }
}
