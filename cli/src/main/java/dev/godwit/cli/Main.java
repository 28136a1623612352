package dev.godwit.cli;

import dev.godwit.client.GodwitException;
import dev.godwit.client.TransportException;
import dev.godwit.schema.SchemaException;
import dev.godwit.sql.SqliteException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** The command's entry. */
@Command(
        name = "godwit",
        mixinStandardHelpOptions = true,
        version = "godwit 0.1.0",
        description = "An offline-first sync engine: write plain SQL to a local SQLite database, sync when you can.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 usage, 3 offline, 4 something is parked, or waits in the inbox, and wants a person.",
            "",
            "A first round trip:",
            "  godwit serve --schema app.sql --dev --port 8484 &",
            "  godwit init a.db --schema app.sql --server http://127.0.0.1:8484 --token \"$TOKEN\" --scope red",
            "  godwit sql a.db \"insert into task (id, team, title) values ('1', 'red', 'fly')\"",
            "  godwit sync a.db"
        },
        subcommands = {
            ServeCommand.class,
            TokenCommand.class,
            SchemaCommand.class,
            InitCommand.class,
            SqlCommand.class,
            SyncCommand.class,
            StatusCommand.class,
            OutboxCommand.class,
            RetryCommand.class,
            DiscardCommand.class,
            ConflictsCommand.class,
            ExplainCommand.class,
            HistoryCommand.class,
            UndoCommand.class,
            WorkCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        System.exit(run(writer(System.out), writer(System.err), args));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** Runs the command within this process and returns its exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine command = new CommandLine(new Main());
        for (Subcommand more : ServiceLoader.load(Subcommand.class)) {
            command.addSubcommand(more);
        }
        // all that were added get these too
        command.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler(new Complaint());
        command.setParameterExceptionHandler((mistake, arguments) -> {
            CommandLine where = mistake.getCommandLine();
            where.getErr().println(mistake.getMessage());
            if (arguments.length == 0) {
                where.usage(where.getErr());
            }
            where.getErr().println("Try '" + where.getCommandSpec().qualifiedName() + " --help'.");
            return ExitCode.USAGE;
        });
        return command.execute(args);
    }

    /** Prints what went wrong as a sentence; a stack trace only for what is not an expected kind of failure. */
    private static final class Complaint implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
            if (failure instanceof TransportException offline) {
                command.getErr().println(offline.getMessage());
                return offline.retryable() ? ExitCode.OFFLINE : ExitCode.FAILED;
            }
            if (failure instanceof FileSystemException file) {
                command.getErr().println(about(file));
                return ExitCode.FAILED;
            }
            boolean expected = failure instanceof GodwitException
                    || failure instanceof SchemaException
                    || failure instanceof SqliteException
                    || failure instanceof IllegalArgumentException
                    || failure instanceof java.io.IOException;
            if (expected) {
                command.getErr().println(failure.getMessage());
            } else {
                failure.printStackTrace(command.getErr());
            }
            return ExitCode.FAILED;
        }

        /** The platform's own message is often no more than the path. */
        private static String about(FileSystemException failure) {
            if (failure instanceof NoSuchFileException) {
                return "there is no file " + failure.getFile();
            } else if (failure instanceof FileAlreadyExistsException) {
                return failure.getFile() + " is a file: give a folder";
            } else if (failure instanceof AccessDeniedException) {
                return failure.getFile() + " may not be read or written: change its rights, or give another";
            }
            return String.valueOf(failure.getMessage());
        }
    }
}
