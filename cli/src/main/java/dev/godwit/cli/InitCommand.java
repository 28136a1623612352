package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.client.Status;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.Limits;
import dev.godwit.schema.SchemaReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        description = "Makes a database ready to sync: a new one, or one that has tables and rows already.",
        footer = {"", "Example: godwit init a.db --schema app.sql --server http://127.0.0.1:8484 --token T --scope red"
        })
final class InitCommand extends DatabaseCommand {
    @Option(names = "--schema", paramLabel = "FILE", description = "The schema file; needed the first time.")
    @Nullable
    Path schema;

    @Option(names = "--server", paramLabel = "URL", defaultValue = "", description = "The server's address.")
    String server = "";

    @Option(
            names = "--token",
            paramLabel = "T",
            defaultValue = "${env:GODWIT_TOKEN:-}",
            description = "The token; also from GODWIT_TOKEN. It is kept in the database.")
    String token = "";

    @Option(names = "--scope", paramLabel = "S", split = ",", description = "A scope to sync; may be repeated.")
    List<String> scopes = List.of();

    @Override
    public Integer call() throws IOException {
        GodwitOptions options = GodwitOptions.of(database.toString(), DRIVER);
        checkServer();
        if (schema == null) {
            checkSetUp();
        } else {
            String text = InputFile.text(schema);
            // read here as well, for its mistakes to name the file, and to be found before anything is made
            new SchemaReader(DRIVER).read(schema.getFileName().toString(), text);
            options = options.withSchema(text);
        }
        if (!scopes.isEmpty()) {
            options = options.withScopes(scopes.toArray(new String[0]));
        }
        Status status;
        int tables;
        try (Godwit godwit = Godwit.open(options)) {
            status = godwit.status();
            // the inbox is everywhere, and nobody has declared it
            tables = (int) godwit.schema().tables().stream()
                    .filter(table -> !table.name().equals(ConflictTable.NAME))
                    .count();
        }
        Remote known = Remote.read(DRIVER, database.toString());
        new Remote(server.isEmpty() ? known.server() : server, token.isEmpty() ? known.token() : token)
                .write(DRIVER, database.toString());
        Listing listing = listing();
        var row = listing.row();
        row.put("database", database);
        row.put("device", status.device());
        row.put("tables", tables);
        row.put(
                "scopes",
                String.join(",", status.checkpoints().keySet().stream().sorted().toList()));
        row.put("pending", status.pending());
        listing.print(out(), "");
        return ExitCode.DONE;
    }

    /** A transport refuses an address that is none; it connects to nothing yet. */
    private void checkServer() {
        if (!server.isEmpty()) {
            new HttpTransport(HttpTransportOptions.of(server, () -> token, Limits.DEFAULT)).close();
        }
    }
}
