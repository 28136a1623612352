package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Terminal.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every command without a server: what it prints, how it exits, and that a mistake changes nothing. */
class MainTest {
    private static final List<String> COMMANDS = List.of(
            "serve",
            "token",
            "schema",
            "init",
            "sql",
            "sync",
            "status",
            "outbox",
            "retry",
            "discard",
            "conflicts",
            "explain",
            "history",
            "undo",
            "work");

    @TempDir
    Path folder;

    private Path schema;
    private Path db;

    @BeforeEach
    void write() throws IOException {
        schema = folder.resolve("app.sql");
        Files.writeString(
                schema, "create table task (id text primary key, team text scope not null, title text, done integer);");
        db = folder.resolve("a.db");
    }

    private void init() {
        assertThat(run("init", db, "--schema", schema, "--scope", "red").code()).isEqualTo(ExitCode.DONE);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandHelpsWithAnExample() {
        return COMMANDS.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Ran help = run(name, "--help");
                    assertThat(help.code()).isEqualTo(ExitCode.DONE);
                    assertThat(help.out()).contains("Usage: godwit " + name).contains("Example: godwit " + name);
                }));
    }

    @Test
    void theCommandAloneListsItsCommandsAndSaysHowToGoOn() {
        Ran alone = run();
        assertThat(alone.code()).isEqualTo(ExitCode.USAGE);
        assertThat(alone.err()).contains(COMMANDS.toArray(new String[0]));
        assertThat(run("--version").out()).contains("0.1.0");
    }

    @Test
    void wrongArgumentsAreNamedAndExitWithTwo() {
        assertUsage(run("fly"), "fly");
        assertUsage(run("status"), "DB");
        assertUsage(run("status", db, "--jsom"), "--jsom", "godwit status --help");
        assertUsage(run("serve", "--schema", schema, "--port", "many"), "--port", "many");
        assertUsage(run("sql", db), "SQL");
    }

    private static void assertUsage(Ran ran, String... words) {
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains(words).contains("--help");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void initWritesAndTheOutboxAreShownForPeopleAndPrograms() {
        Ran init = run("init", db, "--schema", schema, "--scope", "red,blue", "--json");
        assertThat(init.code()).isEqualTo(ExitCode.DONE);
        assertThat(init.out()).contains("\"tables\":1", "\"scopes\":\"blue,red\"", "\"pending\":0");
        Ran insert = run("sql", db, "insert into task values ('1', 'red', 'say \"hi\"', 0)");
        assertThat(insert.out()).startsWith("transaction ");
        String id = insert.lastWord();
        assertThat(run("sql", db, "select * from task", "--json").lines())
                .containsExactly("{\"id\":\"1\",\"team\":\"red\",\"title\":\"say \\\"hi\\\"\",\"done\":0}");
        assertThat(run("sql", db, "select id, title from task").lines()).containsExactly("id  title", "1   say \"hi\"");
        assertThat(run("status", db, "--json").out()).contains("\"pending\":1", "\"last_sync\":\"never\"");
        Ran outbox = run("outbox", db, "--changes");
        assertThat(outbox.code()).isEqualTo(ExitCode.DONE);
        assertThat(outbox.out()).contains(id, "pending", "task", "say \"hi\"");
        assertThat(run("outbox", db, "--changes", "--json").lines())
                .singleElement()
                .asString()
                .contains("\"changes\":[\"insert task id = '1'", "title = 'say \\\"hi\\\"'");
        assertThat(run("outbox", db, "--json").out()).contains("\"transaction\":\"" + id + "\"", "\"rows\":1");
    }

    @Test
    void discardTakesTheRowsBackAndNamesAnUnknownTransaction() {
        init();
        String id =
                run("sql", db, "insert into task values ('1', 'red', 't', 0)").lastWord();
        String other = id.substring(0, id.length() - 1) + (id.endsWith("0") ? "1" : "0");
        Ran unknown = run("discard", db, other);
        assertThat(unknown.code()).isEqualTo(ExitCode.FAILED);
        assertThat(unknown.err()).contains("there is no transaction " + other);
        assertThat(run("retry", db, id).err()).contains(id);
        assertThat(run("discard", db, "mine").err()).contains("mine");
        assertThat(run("sql", db, "select count(*) as n from task", "--json").out())
                .contains("{\"n\":1}");
        assertThat(run("discard", db, id).lines()).containsExactly("discarded " + id);
        String second =
                run("sql", db, "insert into task values ('2', 'red', 't', 0)").lastWord();
        assertThat(run("discard", db, second, "--json").lines()).containsExactly("{\"discarded\":\"" + second + "\"}");
        assertThat(run("sql", db, "select count(*) as n from task", "--json").out())
                .contains("{\"n\":0}");
        assertThat(run("outbox", db).lines()).containsExactly("the outbox is empty");
    }

    @Test
    void aDatabaseThatIsMissingOrNoneIsNamedAndNothingIsCreated() throws IOException {
        for (String command : List.of("status", "outbox", "sync", "conflicts", "history")) {
            Ran missing = run(command, db);
            assertThat(missing.code()).isEqualTo(ExitCode.FAILED);
            assertThat(missing.err()).contains(db.toString(), "godwit init");
        }
        assertThat(run("schema", db).code()).isEqualTo(ExitCode.FAILED);
        assertThat(Files.exists(db)).isFalse();
        byte[] text = "This is no database, it is a letter.\n".repeat(100).getBytes(StandardCharsets.UTF_8);
        Files.write(db, text);
        for (Ran ran : List.of(run("status", db), run("schema", db), run("init", db, "--schema", schema))) {
            assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
            assertThat(ran.err()).contains(db.toString(), "not a database");
        }
        assertThat(Files.readAllBytes(db)).isEqualTo(text);
    }

    @Test
    void aSchemaWithAnUnknownWordIsRefusedAndNothingIsCreated() throws IOException {
        Files.writeString(
                schema, "create table task (id text primary key, team text scope not null, n integer countr);");
        Ran init = run("init", db, "--schema", schema);
        assertThat(init.code()).isEqualTo(ExitCode.FAILED);
        assertThat(init.err()).contains("task", "countr", "counter");
        Ran missing = run("init", db, "--schema", folder.resolve("none.sql"));
        assertThat(missing.code()).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err()).contains("there is no file").contains("none.sql");
        assertThat(run("init", db).err()).contains("godwit init " + db + " --schema FILE");
    }

    @Test
    void columnsOfOneNameAreShownApartAndASecondStatementIsRefused() {
        init();
        assertThat(run("sql", db, "select 1 as a, 2 as a", "--json").lines()).containsExactly("{\"a\":1,\"a:2\":2}");
        Ran two = run(
                "sql",
                db,
                "insert into task values ('1', 'red', 't', 0); insert into task values ('2', 'red', 't', 0)");
        assertThat(two.code()).isEqualTo(ExitCode.FAILED);
        assertThat(two.err()).contains("more than one statement", "insert into task values ('2'");
        assertThat(run("outbox", db).lines()).containsExactly("the outbox is empty");
    }

    @Test
    void aTokenThatNoHeaderCanCarryAndAColumnThatNoTableHasAreNamed() {
        init();
        String id =
                run("sql", db, "insert into task values ('1', 'red', 't', 0)").lastWord();
        run("init", db, "--server", "http://127.0.0.1:1", "--token", "t\u00e4");
        Ran token = run("sync", db);
        assertThat(token.code()).isEqualTo(ExitCode.FAILED);
        assertThat(token.out() + token.err()).contains("the token has a character at 1");
        assertUsage(run("retry", db, id, "--set", "titel=x"), "--set titel");
    }

    @Test
    void aStatementThatSqliteRefusesChangesNothing() {
        init();
        Ran ran = run("sql", db, "insert into tasks values (1)");
        assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("no such table: tasks");
        assertThat(run("outbox", db).lines()).containsExactly("the outbox is empty");
    }

    @Test
    void aSyncWithoutAServerSaysHowToGiveOneAndAnAbsentServerIsOffline() {
        init();
        run("sql", db, "insert into task values ('1', 'red', 't', 0)");
        Ran none = run("sync", db);
        assertThat(none.code()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err()).contains("godwit init " + db, "--server");
        run("init", db, "--server", "http://127.0.0.1:1", "--token", "t");
        Ran offline = run("sync", db);
        assertThat(offline.code()).isEqualTo(ExitCode.OFFLINE);
        assertThat(offline.out()).contains("offline", "127.0.0.1:1");
        assertThat(run("status", db, "--json").out()).contains("\"pending\":1");
        assertThat(run("init", db, "--server", "ftp://nowhere").err()).contains("ftp://nowhere");
        assertThat(run("sync", db).out()).as("the address that was kept").contains("127.0.0.1:1");
        assertThat(run("sync", db, "--token", "").out())
                .as("the token that was kept")
                .contains("127.0.0.1:1");
    }

    @Test
    void aTokenIsMintedForASecretThatIsLongEnough() throws IOException {
        Path secret = folder.resolve("secret");
        Files.writeString(secret, "0123456789abcdef0123456789abcdef");
        Ran token = run("token", "--secret", secret, "--subject", "ann", "--scopes", "red");
        assertThat(token.code()).isEqualTo(ExitCode.DONE);
        assertThat(token.out().strip().split("\\.")).hasSize(3);
        Files.writeString(secret, "short");
        Ran refused = run("token", "--secret", secret, "--subject", "ann", "--scopes", "red");
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("32");
        assertThat(Arrays.asList(run("serve", "--schema", schema).err().split("\n"))
                        .get(0))
                .contains("--secret", "--dev");
    }

    @Test
    void theStartingSchemaOfADatabaseCanBeGivenToInit() throws IOException {
        init();
        Ran printed = run("schema", db);
        assertThat(printed.out()).contains("CREATE TABLE task").doesNotContain("godwit_");
        Path again = folder.resolve("again.sql");
        Files.writeString(again, printed.out());
        Path other = folder.resolve("b.db");
        assertThat(run("init", other, "--schema", again).code()).isEqualTo(ExitCode.DONE);
    }
}
