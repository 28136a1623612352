package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.client.SyncResult;
import dev.godwit.client.Transport;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "sync",
        description = "Sends what is pending and takes what is new; exit 0 when at the server's checkpoint.",
        footer = {"", "Example: godwit sync a.db"})
final class SyncCommand extends DatabaseCommand {
    @Option(
            names = "--token",
            paramLabel = "T",
            description = "A token for this sync; also from GODWIT_TOKEN.",
            defaultValue = "${env:GODWIT_TOKEN}")
    @Nullable
    String token;

    @Override
    public Integer call() throws Exception {
        try (Transport transport = transport(token);
                Godwit godwit = open(transport)) {
            SyncResult result = godwit.sync();
            print(result);
            return switch (result.outcome()) {
                case SYNCED -> godwit.status().parked() > 0 ? ExitCode.PARKED : ExitCode.DONE;
                case OFFLINE, LATER -> ExitCode.OFFLINE;
                case FAILED -> ExitCode.FAILED;
            };
        }
    }

    private void print(SyncResult result) {
        if (!json) {
            out().println(result);
            return;
        }
        Listing listing = listing();
        var row = listing.row();
        row.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
        row.put("sent", result.sent());
        row.put("received", result.received());
        row.put("conflicts", result.conflicts());
        row.put("parked", result.parked());
        row.put("pending", result.pending());
        row.put("requests", result.requests());
        row.put("bytes_up", result.bytesUp());
        row.put("bytes_down", result.bytesDown());
        row.put("millis", result.millis());
        row.put("message", result.message());
        listing.print(out(), "");
    }
}
