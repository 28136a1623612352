package dev.godwit.cli;

import dev.godwit.client.Commit;
import dev.godwit.client.Conflict;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.Inbox;
import dev.godwit.model.Value;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "conflicts",
        description =
                "Writes that lost a merge, and those that wait for a person; or decides one. Exit 4 while one waits.",
        footer = {
            "",
            "A decision is an ordinary write: it reaches the others with the next sync.",
            "",
            "Example: godwit conflicts a.db --undecided",
            "         godwit conflicts a.db --write red/17 \"both of them\""
        })
final class ConflictsCommand extends DatabaseCommand {
    @ArgGroup
    Asked asked = new Asked();

    /** At most one of these. */
    static final class Asked {
        @Option(names = "--undecided", description = "Only what waits for a person.")
        boolean undecided;

        @Option(names = "--take-mine", paramLabel = "ID", description = "Write the value that lost.")
        @Nullable
        String takeMine;

        @Option(names = "--take-theirs", paramLabel = "ID", description = "Write the value that it met.")
        @Nullable
        String takeTheirs;

        @Option(
                names = "--write",
                arity = "2",
                paramLabel = "ID VALUE",
                hideParamSyntax = true,
                description = "Write another value.")
        @Nullable
        List<String> write;

        @Option(names = "--dismiss", paramLabel = "ID", description = "Leave the row as it is.")
        @Nullable
        String dismiss;
    }

    @Override
    public Integer call() {
        try (Godwit godwit = open(null)) {
            Inbox inbox = godwit.inbox();
            if (asked.takeMine != null) {
                return decided(asked.takeMine, "mine", inbox.takeMine(asked.takeMine));
            } else if (asked.takeTheirs != null) {
                return decided(asked.takeTheirs, "theirs", inbox.takeTheirs(asked.takeTheirs));
            } else if (asked.write != null) {
                String id = asked.write.get(0);
                return decided(id, "other", inbox.write(id, value(godwit, id, asked.write.get(1))));
            } else if (asked.dismiss != null) {
                return decided(asked.dismiss, "dismissed", inbox.dismiss(asked.dismiss));
            }
            return list(inbox, asked.undecided ? inbox.undecided() : inbox.conflicts());
        }
    }

    private int decided(String id, String choice, Commit commit) {
        Listing listing = listing();
        var row = listing.row();
        row.put("id", id);
        row.put("choice", choice);
        row.put("transaction", commit.id().map(Object::toString).orElse(null));
        if (json) {
            listing.print(out(), "");
        } else {
            out().println("decided " + id + ": " + choice
                    + commit.id().map(t -> ", as transaction " + t).orElse(""));
        }
        return ExitCode.DONE;
    }

    /** A value as the column would store the text; of an entry about a whole row the inbox itself says that it has none. */
    private static Value value(Godwit godwit, String id, String text) {
        Conflict conflict = godwit.inbox().find(id).orElse(null);
        String column = conflict == null ? null : conflict.column();
        if (conflict == null || column == null) {
            return Value.of(text);
        }
        return godwit.schema()
                .table(conflict.table())
                .flatMap(table ->
                        table.columnIndex(column).map(i -> table.columns().get(i)))
                .map(found -> ArgumentValues.of(found, text))
                .orElseThrow(() -> new GodwitException(
                        GodwitException.Kind.REQUEST,
                        "the schema here has no column " + conflict.table() + "." + column
                                + ": decide it with a newer version of the application"));
    }

    private int list(Inbox inbox, List<Conflict> conflicts) {
        Listing listing = listing();
        for (Conflict conflict : conflicts) {
            if (json) {
                object(inbox, conflict, listing);
            } else {
                line(inbox, conflict, listing);
            }
        }
        listing.print(out(), asked.undecided ? "nothing waits for a person" : "the inbox is empty");
        return conflicts.stream().anyMatch(Conflict::undecided) ? ExitCode.PARKED : ExitCode.DONE;
    }

    private static void line(Inbox inbox, Conflict conflict, Listing listing) {
        var row = listing.row();
        row.put("state", state(conflict));
        row.put("table", conflict.table());
        row.put("row", conflict.key());
        row.put("column", conflict.column() == null ? "" : conflict.column());
        row.put("mine", shown(inbox, conflict, conflict.mine()));
        row.put("theirs", shown(inbox, conflict, conflict.theirs()));
        row.put("winner", shown(inbox, conflict, conflict.winner()));
        row.put("rule", conflict.rule());
        row.put("who", name(conflict.loser()) + ", " + name(conflict.other()));
        row.put("when", when(conflict.loser()));
        row.put("id", conflict.id());
    }

    private static void object(Inbox inbox, Conflict conflict, Listing listing) {
        var row = listing.row();
        row.put("id", conflict.id());
        row.put("state", conflict.undecided() ? "undecided" : "decided");
        row.put("table", conflict.table());
        row.put("key", conflict.key().values());
        row.put("column", conflict.column());
        row.put("base", ofProgram(inbox, conflict, conflict.base()));
        row.put("mine", ofProgram(inbox, conflict, conflict.mine()));
        row.put("theirs", ofProgram(inbox, conflict, conflict.theirs()));
        row.put("winner", ofProgram(inbox, conflict, conflict.winner()));
        row.put("rule", conflict.rule());
        writer(row, "mine", conflict.loser());
        writer(row, "theirs", conflict.other());
        row.put("transaction", conflict.transaction());
        row.put("choice", conflict.choice().orElse(null));
    }

    private static void writer(java.util.Map<String, @Nullable Object> row, String side, Conflict.Writer writer) {
        row.put(side + "_by", writer.subject());
        row.put(side + "_device", writer.device());
        row.put(side + "_at", when(writer));
    }

    private static String state(Conflict conflict) {
        return conflict.undecided()
                ? "undecided"
                : "decided" + conflict.choice().map(c -> " (" + c + ")").orElse("");
    }

    private static Object ofProgram(Inbox inbox, Conflict conflict, Value value) {
        return conflict.column() == null && !value.isNull() ? inbox.lines(value) : value;
    }

    private static Object shown(Inbox inbox, Conflict conflict, Value value) {
        return conflict.column() != null ? value : value.isNull() ? "no row" : inbox.lines(value);
    }

    private static String name(Conflict.Writer writer) {
        return writer.device().isEmpty() ? "the server" : writer.subject();
    }

    private static Instant when(Conflict.Writer writer) {
        return Instant.ofEpochMilli(writer.atMillis());
    }
}
