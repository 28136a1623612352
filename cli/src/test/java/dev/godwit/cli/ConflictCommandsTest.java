package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Terminal.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inbox, explain, history and undo as a person uses them: a server process, two databases, the same rows on both. */
class ConflictCommandsTest {
    private static final String SCHEMA = """
            create table task (
              id text primary key, team text scope not null, title text server_order, address text manual,
              size integer manual, done integer);
            create table line (
              task text not null, n integer not null, team text scope not null, what text, primary key (task, n));
            """;
    private static final String ABSENT = "01a1fcff-ef16-7c7f-9af3-866f680e3f99";
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    @TempDir
    static Path folder;

    private static Processes processes;
    private static Path a;
    private static Path b;

    @BeforeAll
    static void twoDatabasesOfOneServer() throws IOException {
        Path schema = Files.writeString(folder.resolve("app.sql"), SCHEMA);
        a = folder.resolve("a.db");
        b = folder.resolve("b.db");
        processes = Processes.brief();
        Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
        for (Path db : List.of(a, b)) {
            done(
                    "init",
                    db,
                    "--schema",
                    schema,
                    "--scope",
                    "red",
                    "--server",
                    server.address(),
                    "--token",
                    server.token());
        }
    }

    @AfterAll
    static void stop() {
        processes.close();
    }

    private static Ran done(Object... arguments) {
        Ran ran = run(arguments);
        assertThat(ran.code())
                .as("%s%n%s%n%s", List.of(arguments), ran.out(), ran.err())
                .isEqualTo(ExitCode.DONE);
        return ran;
    }

    private static void sync(Path... databases) {
        for (Path db : databases) {
            done("sync", db);
        }
    }

    /** A row that both have, and that a changes after b has: b's value arrives first. */
    private static void clash(String id, String column, String byA, String byB) {
        done(
                "sql",
                a,
                "insert into task (id, team, title, address, size) values ('" + id + "', 'red', 'base', 'base', 1)");
        sync(a, b);
        done("sql", b, "update task set " + column + " = " + byB + " where id = '" + id + "'");
        done("sql", a, "update task set " + column + " = " + byA + " where id = '" + id + "'");
        sync(b, a, b);
    }

    private static List<String> entries(Path db, String row) {
        return run("conflicts", db, "--json").lines().stream()
                .filter(line -> line.contains("\"key\":[\"" + row + "\"]"))
                .toList();
    }

    private static String entry(Path db, String row) {
        List<String> entries = entries(db, row);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static String id(String entry) {
        Matcher id = ID.matcher(entry);
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private static String value(Path db, String row, String column) {
        return done("sql", db, "select " + column + " as v from task where id = '" + row + "'", "--json")
                .out()
                .strip();
    }

    /** What differs from run to run. */
    private static String masked(String text) {
        return text.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "WHEN")
                .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID")
                .replaceAll("device [0-9a-f]{8}", "device DEV");
    }

    @Test
    void whatWaitsAndWhatWasDecidedAreListedForPeopleAndPrograms() {
        clash("m", "address", "'by a'", "'by b'");
        clash("p", "title", "'by a'", "'by b'");
        Ran people = run("conflicts", b);
        assertThat(people.code()).as("one waits").isEqualTo(ExitCode.PARKED);
        List<String> words = people.lines().stream()
                .map(line -> masked(line).replaceAll(" +", " "))
                .toList();
        assertThat(words.get(0)).isEqualTo("state table row column mine theirs winner rule who when id");
        assertThat(words)
                .contains("undecided task 'm' address by a by b by b manual dev, dev WHEN UUID/0")
                .anyMatch(w -> w.matches("decided task 'p' title by b by a by a server_order dev, dev WHEN red/\\d+"));
        assertThat(words.indexOf("undecided task 'm' address by a by b by b manual dev, dev WHEN UUID/0"))
                .as("what waits stands before what is decided")
                .isLessThan(words.size() - 1);
        assertThat(masked(entry(a, "m")))
                .isEqualTo("{\"id\":\"UUID/0\",\"state\":\"undecided\",\"table\":\"task\",\"key\":[\"m\"],"
                        + "\"column\":\"address\",\"base\":\"base\",\"mine\":\"by a\",\"theirs\":\"by b\","
                        + "\"winner\":\"by b\",\"rule\":\"manual\",\"mine_by\":\"dev\",\"mine_device\":\"UUID\","
                        + "\"mine_at\":\"WHEN\",\"theirs_by\":\"dev\",\"theirs_device\":\"UUID\",\"theirs_at\":\"WHEN\","
                        + "\"transaction\":\"UUID\",\"choice\":null}");
        assertThat(run("conflicts", b, "--undecided", "--json").lines())
                .isNotEmpty()
                .allMatch(line -> line.contains("\"state\":\"undecided\""));
        done("conflicts", b, "--dismiss", id(entry(b, "m")));
        assertThat(entry(b, "m")).contains("\"state\":\"decided\"", "\"choice\":\"dismissed\"");
        sync(b, a);
        assertThat(entry(a, "m")).contains("\"state\":\"decided\"", "\"choice\":\"dismissed\"");
        assertThat(value(a, "m", "address")).isEqualTo("{\"v\":\"by b\"}");
    }

    @Test
    void eachDecisionIsAWriteThatReachesTheOther() {
        clash("mine", "address", "'by a'", "'by b'");
        clash("theirs", "address", "'by a'", "'by b'");
        clash("other", "size", "-2", "3");
        done("sql", b, "update task set address = 'later' where id = 'theirs'");
        assertThat(done("conflicts", b, "--take-mine", id(entry(b, "mine"))).out())
                .startsWith("decided ")
                .contains(": mine, as transaction ");
        assertThat(masked(done("conflicts", b, "--take-theirs", id(entry(b, "theirs")), "--json")
                        .out()
                        .strip()))
                .isEqualTo("{\"id\":\"UUID/0\",\"choice\":\"theirs\",\"transaction\":\"UUID\"}");
        done("conflicts", b, "--write", id(entry(b, "other")), "-7");
        sync(b, a);
        for (Path db : List.of(a, b)) {
            assertThat(value(db, "mine", "address")).isEqualTo("{\"v\":\"by a\"}");
            assertThat(value(db, "theirs", "address")).isEqualTo("{\"v\":\"by b\"}");
            assertThat(value(db, "other", "size")).as("a number, not a text").isEqualTo("{\"v\":-7}");
            assertThat(entry(db, "mine")).contains("\"choice\":\"mine\"", "\"state\":\"decided\"");
            assertThat(entry(db, "theirs")).contains("\"choice\":\"theirs\"");
            assertThat(entry(db, "other")).contains("\"choice\":\"other\"");
        }
    }

    @Test
    void explainSaysWhyInWholeSentences() {
        clash("why", "address", "'by a'", "'by b'");
        done("sql", a, "update task set title = 'mine' where id = 'why'");
        assertThat(masked(done("explain", a, "task", "why", "address").out())).isEqualTo("""
                        Row 'why' of task lives in scope 'red'.
                        Column address shows 'by b'; concurrent writes of it merge by manual.
                        address = 'by a' by dev (device DEV, WHEN) lost to 'by b' by dev (device DEV, WHEN), by manual.\
                         It waits for a person (UUID/0).
                        """);
        assertThat(masked(done("explain", a, "task", "why", "title").out())).isEqualTo("""
                        Row 'why' of task lives in scope 'red'.
                        Column title shows 'mine'; concurrent writes of it merge by server_order.
                        The server's value is 'base'; writes that wait in the outbox are on top of it.
                        Transaction UUID of this device writes it and is pending.
                        No write of it that is remembered has lost a merge.
                        """);
        assertThat(done("explain", a, "task", "none", "--json").lines())
                .containsExactly(
                        "{\"sentence\":\"Row 'none' of task is not here: it never was, was deleted, or lives in a scope"
                                + " that is not synced.\"}",
                        "{\"sentence\":\"No write of it that is remembered has lost a merge.\"}");
        done("sql", a, "insert into line values ('x,y', 2, 'red', 'w')");
        assertThat(done("explain", a, "line", "x\\,y,2").lines().get(0))
                .isEqualTo("Row 'x,y', 2 of line lives in scope 'red' and is new: the server does not have it yet.");
        sync(a);
    }

    @Test
    void aTransactionIsListedAndTakenBackByAnotherThatReachesTheOther() {
        done("sql", a, "insert into task (id, team, title) values ('u', 'red', 'before')");
        String changed = done("sql", a, "update task set title = 'after', done = 1 where id = 'u'")
                .lastWord();
        sync(a, b);
        assertThat(done("history", a).lines().get(1).replaceAll(" +", " ")).startsWith(changed + " accepted 1 task ");
        assertThat(masked(done("history", a, "--json").lines().get(0)))
                .isEqualTo(
                        "{\"transaction\":\"UUID\",\"state\":\"accepted\",\"rows\":1,\"tables\":\"task\",\"written\":\"WHEN\"}");
        done("sql", b, "update task set done = 2 where id = 'u'");
        sync(b, a);
        Ran undo = done("undo", a, changed);
        assertThat(undo.lines().get(0)).startsWith("left alone: column done of task, row 'u', was changed since");
        assertThat(undo.out()).contains("undone by transaction ");
        sync(a, b);
        assertThat(value(b, "u", "title || done")).isEqualTo("{\"v\":\"before2\"}");
        Ran again = run("undo", a, changed, "--json");
        assertThat(again.code()).isEqualTo(ExitCode.FAILED);
        assertThat(again.err()).contains(changed, "undone already");
    }

    @Test
    void mistakesAreNamedWithTheMendAndChangeNothing() {
        clash("still", "address", "'by a'", "'by b'");
        String entry = entry(a, "still");
        for (String option : List.of("--take-mine", "--take-theirs", "--dismiss")) {
            refused(ExitCode.FAILED, run("conflicts", a, option, "red/none"), "no entry red/none", "list");
        }
        refused(ExitCode.FAILED, run("conflicts", a, "--write", "red/none", "x"), "no entry red/none");
        refused(ExitCode.USAGE, run("conflicts", a, "--write", id(entry)), "--write");
        refused(ExitCode.USAGE, run("conflicts", a, "--undecided", "--dismiss", id(entry)), "mutually exclusive");
        refused(ExitCode.FAILED, run("explain", a, "tusk", "1"), "no synced table tusk", "task");
        refused(ExitCode.FAILED, run("explain", a, "task", "1", "titel"), "task has no column titel");
        refused(ExitCode.USAGE, run("explain", a, "line", "x"), "the key of line is task,n");
        refused(ExitCode.FAILED, run("undo", a, ABSENT), ABSENT);
        refused(ExitCode.USAGE, run("undo", a, "mine"), "'mine' is no id of a transaction");
        assertThat(entry(a, "still")).isEqualTo(entry);
        assertThat(value(a, "still", "address")).isEqualTo("{\"v\":\"by b\"}");
        assertThat(run("outbox", a).out()).contains("the outbox is empty");
        done("conflicts", a, "--dismiss", id(entry));
        sync(a);
    }

    private static void refused(int code, Ran ran, String... words) {
        assertThat(ran.err()).contains(words).doesNotContain("\tat ");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.code()).isEqualTo(code);
    }
}
