package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.client.Status;
import java.time.Instant;
import java.util.Locale;
import java.util.TreeMap;
import picocli.CommandLine.Command;

@Command(
        name = "status",
        description = "Where a local database stands; exit 4 when something is parked.",
        footer = {"", "Example: godwit status a.db --json"})
final class StatusCommand extends DatabaseCommand {
    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            Status status = godwit.status();
            Listing listing = listing();
            var row = listing.row();
            row.put("device", status.device());
            row.put("pending", status.pending());
            row.put("blocked", status.blocked());
            row.put("parked", status.parked());
            row.put("checkpoints", new TreeMap<>(status.checkpoints()));
            row.put(
                    "clock",
                    status.skewMillis().isPresent() ? skew(status.skewMillis().getAsLong()) : "not compared yet");
            row.put("last_sync", status.lastSync().map(StatusCommand::line).orElse("never"));
            listing.print(out(), "");
            status.denied()
                    .forEach((scope, reason) -> out().println(
                                    json
                                            ? "{\"scope\":" + Listing.string(scope) + ",\"denied\":"
                                                    + Listing.string(reason) + "}"
                                            : "scope " + scope + " is not granted: " + reason));
            return status.parked() > 0 ? ExitCode.PARKED : ExitCode.DONE;
        }
    }

    /** By how much the local clock is off. */
    private static String skew(long millis) {
        return Math.abs(millis) < 1_000
                ? "right"
                : String.format(Locale.ROOT, "%.1f s %s", Math.abs(millis) / 1_000.0, millis > 0 ? "ahead" : "behind");
    }

    private static String line(Status.Attempt attempt) {
        String when = Instant.ofEpochMilli(attempt.startedMillis()).toString();
        return when + " " + attempt.outcome() + (attempt.message().isEmpty() ? "" : " — " + attempt.message());
    }
}
