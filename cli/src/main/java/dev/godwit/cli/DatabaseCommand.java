package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.client.Transport;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What every command on a local database has: the file, and how to print. */
@Command(mixinStandardHelpOptions = true)
abstract class DatabaseCommand implements Callable<Integer> {
    static final JdbcSqlite DRIVER = new JdbcSqlite();

    @Parameters(index = "0", paramLabel = "DB", description = "The local SQLite database.")
    Path database = Path.of("");

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    Listing listing() {
        return new Listing(json);
    }

    /** Opens a database that was set up before. */
    Godwit open(@Nullable Transport transport) {
        checkSetUp();
        GodwitOptions options = GodwitOptions.of(database.toString(), DRIVER).withApplication("");
        return Godwit.open(transport == null ? options : options.withTransport(transport));
    }

    /** Looks before opening: that creates a file that is missing, and changes the journal of any other. */
    void checkSetUp() {
        String mend = ": set it up with `godwit init " + database + " --schema FILE`";
        if (!Files.exists(database)) {
            throw new GodwitException(GodwitException.Kind.DATABASE, database + " does not exist" + mend);
        }
        if (!isSetUp()) {
            throw new GodwitException(GodwitException.Kind.SCHEMA, database + " is not a Godwit database yet" + mend);
        }
    }

    /** Whether a file that is there is a Godwit database; what cannot be read may be one. */
    boolean isSetUp() {
        try (SqliteConnection connection =
                        DRIVER.open(SqliteOptions.of(database.toString()).reading());
                SqliteStatement known = connection.prepare("select 1 from sqlite_master where name = 'godwit_local'")) {
            return known.step();
        } catch (SqliteException unreadable) {
            // opening it fails as well, and says what helps
            return true;
        }
    }

    /** The way to the server that this database was set up for. */
    Transport transport(@Nullable String givenToken) {
        open(null).close();
        Remote remote = remote(givenToken);
        String missing = missing(remote);
        if (!missing.isEmpty()) {
            throw new GodwitException(GodwitException.Kind.REQUEST, missing);
        }
        return transport(remote);
    }

    /** What the database remembers of its server, but with a token that was given. */
    Remote remote(@Nullable String givenToken) {
        Remote remote = Remote.read(DRIVER, database.toString());
        return givenToken == null || givenToken.isEmpty() ? remote : new Remote(remote.server(), givenToken);
    }

    /** What is missing for a sync, with the mend; empty if nothing is. */
    String missing(Remote remote) {
        if (!remote.server().isEmpty() && !remote.token().isEmpty()) {
            return "";
        }
        return database + " has no " + (remote.server().isEmpty() ? "server" : "token") + ": run `godwit init "
                + database + " --server URL --token T`";
    }

    /** The way to a server. */
    static Transport transport(Remote remote) {
        return new HttpTransport(HttpTransportOptions.of(remote.server(), remote::token, Limits.DEFAULT));
    }
}
