package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.client.Transactions;
import java.time.Instant;
import picocli.CommandLine.Command;

@Command(
        name = "history",
        description = "The transactions of this database that are still remembered, the newest first.",
        footer = {"", "Example: godwit history a.db --json"})
final class HistoryCommand extends DatabaseCommand {
    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            Listing listing = listing();
            for (Transactions.Remembered one : godwit.transactions().list()) {
                var row = listing.row();
                row.put("transaction", one.id());
                row.put("state", one.state());
                row.put("rows", one.rows());
                row.put("tables", one.tables());
                row.put("written", Instant.ofEpochMilli(one.writtenMillis()));
            }
            listing.print(out(), "no transaction is remembered");
        }
        return ExitCode.DONE;
    }
}
