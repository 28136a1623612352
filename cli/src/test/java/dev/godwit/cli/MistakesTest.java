package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Terminal.Ran;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked for wrongly is named with the mend, and leaves every file as it was: the folder is compared byte by byte. */
class MistakesTest {
    @TempDir
    Path folder;

    private Path schema;
    private Path secret;
    private Path plain;
    private Map<String, String> before;

    @BeforeEach
    void fill() throws IOException {
        schema = folder.resolve("app.sql");
        Files.writeString(schema, "create table task (id text primary key, team text scope not null, title text);");
        secret = folder.resolve("secret.txt");
        Files.writeString(secret, "a secret for a test that is long enough to be one");
        plain = folder.resolve("plain.db");
        Path made = folder.resolve("made.db");
        try (SqliteConnection connection = new JdbcSqlite().open(SqliteOptions.of(made.toString()))) {
            // as any other program leaves its database: without a write-ahead log
            connection.execute("pragma journal_mode = delete");
            connection.execute("create table task (id text primary key, team text, title text)");
            connection.execute("insert into task values ('1', 'red', 'kept')");
        }
        Files.move(made, plain);
        before = files();
    }

    @AfterEach
    void nothingHasChanged() throws IOException {
        assertThat(files()).isEqualTo(before);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                String name = folder.relativize(path).toString();
                files.put(name, Files.isDirectory(path) ? "" : Files.readString(path, StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }

    private static void assertFailed(Ran ran, String... words) {
        assertRefused(ExitCode.FAILED, ran, words);
    }

    private static void assertUsage(Ran ran, String... words) {
        assertRefused(ExitCode.USAGE, ran, words);
    }

    private static void assertRefused(int code, Ran ran, String... words) {
        assertThat(ran.err()).contains(words).doesNotContain("\tat ");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.code()).isEqualTo(code);
    }

    @Test
    void aDatabaseOfAnotherProgramIsLeftAloneUntilItIsSetUp() {
        String id = "01a1fcff-ef16-7c7f-9af3-866f680e3f99";
        for (String command : new String[] {"status", "outbox", "sync"}) {
            assertFailed(run(command, plain), plain + " is not a Godwit database yet", "godwit init " + plain);
        }
        for (String command : new String[] {"conflicts", "history"}) {
            assertFailed(run(command, plain), "not a Godwit database yet");
        }
        assertFailed(run("explain", plain, "task", "1"), "not a Godwit database yet");
        assertFailed(run("undo", plain, id), "not a Godwit database yet");
        assertFailed(run("sql", plain, "delete from task"), "not a Godwit database yet");
        assertFailed(run("retry", plain, id), "not a Godwit database yet");
        assertFailed(run("discard", plain, id), "not a Godwit database yet");
        assertFailed(run("init", plain), "not a Godwit database yet", "--schema FILE");
    }

    @Test
    void aDatabaseThatIsMissingIsNotMadeByAnyCommand() {
        Path none = folder.resolve("none.db");
        for (String command : new String[] {"status", "outbox", "sync", "init"}) {
            assertFailed(run(command, none), none + " does not exist", "godwit init " + none + " --schema FILE");
        }
        assertFailed(run("sql", none, "select 1"), none.toString(), "does not exist");
        assertFailed(run("schema", none), none.toString());
        assertFailed(run("init", folder.resolve("no/folder.db"), "--schema", schema), "no/folder.db", "must exist");
        assertFailed(run("sql", folder, "select 1"), folder.toString());
    }

    @Test
    void aSchemaWithAnUnknownWordIsNamedByItsFileTableAndColumn() throws IOException {
        Path wrong = folder.resolve("wrong.sql");
        Files.writeString(wrong, "create table task (id text primary key, team text scope not null, n int countr);");
        before = files();
        String place = "wrong.sql: task.n: 'int countr'";
        assertFailed(run("init", folder.resolve("new.db"), "--schema", wrong), place, "did you mean 'counter'?");
        assertFailed(run("init", plain, "--schema", wrong), place, "did you mean 'counter'?");
        assertFailed(
                run("serve", "--schema", wrong, "--secret", secret, "--data", folder.resolve("data")),
                place,
                "did you mean 'counter'?");
    }

    @Test
    void anAddressThatIsNoneIsRefusedBeforeItIsKept() {
        Path fresh = folder.resolve("new.db");
        assertFailed(run("init", fresh, "--schema", schema, "--server", "ftp://x"), "'ftp://x'", "write it like https");
        assertFailed(run("init", fresh, "--schema", schema, "--server", "http://example.org"), "plain HTTP", "https");
    }

    @Test
    void filesThatCannotBeReadAreNamed() throws IOException {
        Path latin = folder.resolve("latin.sql");
        Files.write(latin, new byte[] {'-', '-', (byte) 0xfc, '\n'});
        before = files();
        Path fresh = folder.resolve("new.db");
        assertFailed(run("init", fresh, "--schema", latin), latin + " is no text in UTF-8");
        assertFailed(run("init", fresh, "--schema", folder), folder + " is a folder");
        assertFailed(run("init", fresh, "--schema", folder.resolve("no.sql")), "there is no file", "no.sql");
        assertFailed(run("serve", "--schema", folder.resolve("no.sql"), "--dev"), "there is no file", "no.sql");
        assertFailed(serve("--secret", folder), folder + " is a folder");
        assertFailed(serve("--secret", folder.resolve("no.txt")), "there is no file", "no.txt");
        assertFailed(serve("--secret", secret, "--tls", folder.resolve("no.p12")), "there is no file", "no.p12");
        assertFailed(serve("--secret", secret, "--data", plain), plain + " is a file", "give a folder");
        assertFailed(
                run("token", "--secret", folder.resolve("no.txt"), "--subject", "ann", "--scopes", "red"),
                "there is no file",
                "no.txt");
    }

    private Ran serve(Object... more) {
        Object[] arguments = new Object[more.length + 3];
        arguments[0] = "serve";
        arguments[1] = "--schema";
        arguments[2] = schema;
        System.arraycopy(more, 0, arguments, 3, more.length);
        return run(arguments);
    }

    @Test
    void aServerDoesNotStartUnsafelyOrOnAPortThatIsNone() {
        Path data = folder.resolve("data");
        assertFailed(serve("--data", data), "--secret FILE", "--dev");
        assertFailed(serve("--data", data, "--secret", secret, "--port", "70000"), "port 70000", "0 for a free one");
        assertFailed(serve("--data", data, "--secret", secret, "--host", "0.0.0.0"), "0.0.0.0", "--insecure");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        Path data = folder.resolve("data");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            assertFailed(serve("--data", data, "--secret", secret, "--port", port), "127.0.0.1:" + port, "--port 0");
        }
        // its database was made before it listened, and it is a whole one
        before.put("data", "");
        before.put("data/server.lock", "");
        before.put("data/server.db", Files.readString(data.resolve("server.db"), StandardCharsets.ISO_8859_1));
    }

    @Test
    void argumentsThatMeanNothingExitWithTwo() {
        assertUsage(run("discard", plain, "mine"), "TRANSACTION", "'mine'", "godwit outbox DB");
        assertUsage(run("retry", plain, "mine"), "TRANSACTION", "'mine'", "godwit outbox DB");
        assertUsage(run("retry", plain), "TRANSACTION");
        assertUsage(run("sql", plain, " "), "empty");
        assertUsage(token("--subject", "ann", "--scopes", "red", "--days", "0"), "--days 0", "1 or more");
        assertUsage(token("--subject", " ", "--scopes", "red"), "--subject");
        assertUsage(token("--subject", "ann", "--scopes", "red,,blue"), "--scopes");
        assertUsage(token("--subject", "ann"), "--scopes");
        assertUsage(run("init", "--schema", schema), "DB");
        assertUsage(run("schema"), "DB");
        assertUsage(run("serve"), "--schema");
    }

    @Test
    void aPaceThatNoDeviceWouldFollowIsNamedWithWhatIsPossible() {
        assertUsage(serve("--pace-every", "10s"), "--pace-every", "'10s'", "give one of 5m", "1d");
        assertUsage(serve("--pace-transactions", "0"), "--pace-transactions", "'0'", "from 1 to 1000", "leave it out");
        assertUsage(serve("--pace-transactions", "many"), "--pace-transactions", "'many'", "from 1 to 1000");
        assertUsage(serve("--pace-bytes", "9999999"), "--pace-bytes", "'9999999'", "from 16384 to 4194304");
        assertUsage(serve("--pace-bytes"), "--pace-bytes", "N");
    }

    /** There is no such schema, so that a value that is taken by mistake does not begin a server. */
    private Ran serve(String... more) {
        Path none = folder.resolve("no.sql");
        return run(Stream.concat(Stream.of("serve", "--schema", none, "--secret", secret), Stream.of(more))
                .toArray());
    }

    private Ran token(String... more) {
        Object[] arguments = new Object[more.length + 3];
        arguments[0] = "token";
        arguments[1] = "--secret";
        arguments[2] = secret;
        System.arraycopy(more, 0, arguments, 3, more.length);
        return run(arguments);
    }
}
