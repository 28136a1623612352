package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.model.TransactionId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "discard",
        description = "Forgets a parked transaction, or a pending one that was never sent.",
        footer = {"", "Example: godwit discard a.db 0198…"})
final class DiscardCommand extends DatabaseCommand {
    @Parameters(
            index = "1",
            paramLabel = "TRANSACTION",
            converter = TransactionConverter.class,
            description = "Its id, as the outbox shows it.")
    @SuppressWarnings("NullAway.Init")
    TransactionId transaction;

    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            godwit.discard(transaction);
            out().println(json ? "{\"discarded\":\"" + transaction + "\"}" : "discarded " + transaction);
        }
        return ExitCode.DONE;
    }
}
