package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.client.Transactions;
import dev.godwit.model.TransactionId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "undo",
        description = "Takes back what a transaction did, by a new one; says what it left alone.",
        footer = {"", "Example: godwit undo a.db 0198…"})
final class UndoCommand extends DatabaseCommand {
    @Parameters(
            index = "1",
            paramLabel = "TRANSACTION",
            converter = TransactionConverter.class,
            description = "Its id, as the history shows it.")
    @SuppressWarnings("NullAway.Init")
    TransactionId transaction;

    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            Transactions.Undone undone = godwit.transactions().undo(transaction);
            String by = undone.commit().id().map(Object::toString).orElse("");
            if (json) {
                Listing listing = listing();
                var row = listing.row();
                row.put("undone", transaction);
                row.put("transaction", by);
                row.put("left_alone", undone.leftAlone());
                listing.print(out(), "");
            } else {
                undone.leftAlone().forEach(what -> out().println("left alone: " + what));
                out().println("undone by transaction " + by);
            }
        }
        return ExitCode.DONE;
    }
}
