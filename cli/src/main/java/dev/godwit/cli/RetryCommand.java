package dev.godwit.cli;

import dev.godwit.client.Commit;
import dev.godwit.client.Godwit;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(
        name = "retry",
        description = "Writes a parked transaction again as a new one, repaired if you like.",
        footer = {"", "Example: godwit retry a.db 0198… --set code=W-1002"})
final class RetryCommand extends DatabaseCommand {
    @Parameters(
            index = "1",
            paramLabel = "TRANSACTION",
            converter = TransactionConverter.class,
            description = "Its id, as the outbox shows it.")
    @SuppressWarnings("NullAway.Init")
    TransactionId transaction;

    @Option(
            names = "--set",
            paramLabel = "COLUMN=VALUE",
            description = "Write this text into the column, in every row of the transaction that has it.")
    Map<String, String> sets = new LinkedHashMap<>();

    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            sets.keySet().forEach(column -> checkKnown(godwit, column));
            Commit commit = godwit.retry(transaction, this::repair);
            out().println(commit.id()
                    .map(id -> json ? "{\"transaction\":\"" + id + "\"}" : "written again as transaction " + id)
                    .orElse(json ? "{}" : "nothing is left to change: the transaction is gone"));
        }
        return ExitCode.DONE;
    }

    private void checkKnown(Godwit godwit, String column) {
        boolean known = godwit.schema().tables().stream()
                .flatMap(table -> table.columns().stream())
                .anyMatch(c -> c.name().equals(column));
        if (!known) {
            throw new ParameterException(
                    spec.commandLine(), "--set " + column + ": no table has a column of this name, spelled like this");
        }
    }

    private Map<String, Value> repair(Map<String, Value> row) {
        Map<String, Value> repaired = new HashMap<>(row);
        sets.forEach((column, value) -> repaired.computeIfPresent(column, (name, old) -> Value.of(value)));
        return repaired;
    }
}
