package dev.godwit.cli;

import dev.godwit.client.Commit;
import dev.godwit.client.Godwit;
import dev.godwit.client.Row;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(
        name = "sql",
        description = "Runs a statement on a local database; writes are captured for the next sync.",
        footer = {"", "Example: godwit sql a.db \"update task set done = 1 where id = '1'\""})
final class SqlCommand extends DatabaseCommand {
    @Parameters(index = "1", paramLabel = "SQL", description = "Any statement.")
    String sql = "";

    @Override
    public Integer call() {
        if (sql.isBlank()) {
            throw new ParameterException(spec.commandLine(), "the statement is empty: give one, in quotes");
        }
        try (Godwit godwit = open(null)) {
            List<Row> rows = new ArrayList<>();
            Commit commit = godwit.write(tx -> rows.addAll(tx.query(sql)));
            Listing listing = listing();
            for (Row row : rows) {
                var shown = listing.row();
                for (int i = 0; i < row.names().size(); i++) {
                    String name = row.names().get(i);
                    shown.put(shown.containsKey(name) ? name + ":" + (i + 1) : name, row.value(i));
                }
            }
            listing.print(out(), "");
            commit.id().ifPresent(id -> out().println(json ? "{\"transaction\":\"" + id + "\"}" : "transaction " + id));
        }
        return ExitCode.DONE;
    }
}
