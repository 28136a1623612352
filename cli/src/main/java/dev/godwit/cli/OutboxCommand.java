package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.client.OutboxEntry;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "outbox",
        description = "What the server has not accepted: waiting, blocked and parked transactions.",
        footer = {"", "Example: godwit outbox a.db --changes"})
final class OutboxCommand extends DatabaseCommand {
    @Option(names = "--changes", description = "Also the rows that each transaction changes.")
    boolean changes;

    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            Listing listing = listing();
            boolean parked = false;
            for (OutboxEntry entry : godwit.outbox()) {
                parked |= entry.status().equals("parked");
                var row = listing.row();
                row.put("transaction", entry.id());
                row.put("status", entry.status());
                row.put("rows", entry.rows());
                row.put("tables", entry.tables());
                row.put("attempts", entry.attempts());
                row.put("since", Instant.ofEpochMilli(entry.sinceMillis()));
                row.put("reason", entry.reason());
                if (changes && json) {
                    row.put("changes", godwit.describe(entry.id()));
                }
            }
            listing.print(out(), "the outbox is empty");
            if (changes && !json) {
                godwit.outbox().forEach(entry -> {
                    out().println(entry.id());
                    godwit.describe(entry.id()).forEach(line -> out().println("  " + line));
                });
            }
            return parked ? ExitCode.PARKED : ExitCode.DONE;
        }
    }
}
