package dev.godwit.cli;

import dev.godwit.client.Godwit;
import dev.godwit.model.Table;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description = "Why a row, or one value of it, is what it is here.",
        footer = {"", "Example: godwit explain a.db task 1 title", "         godwit explain a.db line W-7,2 quantity"})
final class ExplainCommand extends DatabaseCommand {
    @Parameters(index = "1", paramLabel = "TABLE", description = "A synced table.")
    String table = "";

    @Parameters(
            index = "2",
            paramLabel = "KEY",
            description =
                    "The row's key; of a key of several columns all of them, with commas, \\, for a comma in one.")
    String key = "";

    @Parameters(index = "3", arity = "0..1", paramLabel = "COLUMN", description = "One column of it.")
    @Nullable
    String column;

    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            Listing listing = listing();
            for (String sentence : godwit.explain(table, column, key(godwit))) {
                listing.row().put("sentence", sentence);
                if (!json) {
                    out().println(sentence);
                }
            }
            if (json) {
                listing.print(out(), "");
            }
        }
        return ExitCode.DONE;
    }

    /** Of an unknown table the explanation itself says that it is none. */
    private Object[] key(Godwit godwit) {
        Optional<Table> known = godwit.schema().table(table);
        if (known.isEmpty()) {
            return new Object[] {key};
        }
        boolean single = known.get().key().size() == 1;
        List<String> texts = single
                ? List.of(key)
                : List.of(key.split("(?<!\\\\),", -1)).stream()
                        .map(t -> t.replace("\\,", ","))
                        .toList();
        try {
            return ArgumentValues.key(known.get(), texts).values().toArray();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
        }
    }
}
