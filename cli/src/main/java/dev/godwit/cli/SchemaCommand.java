package dev.godwit.cli;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.schema.StartingSchema;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints a starting schema file for an existing database.",
        footer = {"", "Example: godwit schema shop.db > shop.sql"})
final class SchemaCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DB", description = "Any SQLite database.")
    Path database = Path.of("");

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        try (SqliteConnection connection =
                new JdbcSqlite().open(SqliteOptions.of(database.toString()).reading())) {
            spec.commandLine().getOut().print(StartingSchema.of(connection));
            spec.commandLine().getOut().flush();
        }
        return ExitCode.DONE;
    }
}
