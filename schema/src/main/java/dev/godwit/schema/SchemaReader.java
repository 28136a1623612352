package dev.godwit.schema;

import dev.godwit.model.ConflictTable;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.schema.Catalogue.Entry;
import dev.godwit.schema.SchemaException.Problem;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a schema file: executes it in a scratch database, so that SQLite itself judges it, and asks SQLite what came of it.
 * What {@link Admission} does not admit is not executed.
 * Safe for use by many threads.
 */
public final class SchemaReader {
    static final String POLICY_TABLE =
            "create table godwit_policy (on_table text not null, on_column text, policy text not null, value text not null)";

    private static final Pattern NEAR = Pattern.compile("near \"(\\w+)\": syntax error");

    private final SqliteDriver driver;

    /** Reads with the SQLite of this driver. */
    public SchemaReader(SqliteDriver driver) {
        this.driver = driver;
    }

    /**
     * Reads a schema.
     *
     * @param file the file's name, for messages
     * @param text what is in it
     * @throws SchemaException if it cannot be used; it names every problem with its mend
     */
    public Schema read(String file, String text) {
        List<Problem> problems = new ArrayList<>();
        try (SqliteConnection scratch = driver.open(SqliteOptions.of(":memory:").withForeignKeys(false))) {
            scratch.execute(POLICY_TABLE);
            execute(scratch, file, text);
            Schema schema = introspect(new Catalogue(scratch), file, text, problems);
            if (problems.isEmpty()) {
                new SchemaRules(file, schema, problems).check();
            }
            if (!problems.isEmpty()) {
                throw new SchemaException(problems);
            }
            return schema;
        }
    }

    private static void execute(SqliteConnection scratch, String file, String text) {
        Admission admission = new Admission(file);
        for (Script.Statement statement : new Script(text).statements()) {
            Optional<Problem> refused = admission.complaint(statement);
            if (refused.isPresent()) {
                throw new SchemaException(List.of(refused.get()));
            }
            try {
                scratch.execute(statement.sql());
            } catch (SqliteException e) {
                String message = String.valueOf(e.getMessage());
                throw new SchemaException(List.of(new Problem(
                        file + ", line " + statement.line(),
                        "SQLite refuses the statement that begins there: " + message,
                        mend(message))));
            }
        }
    }

    private static String mend(String message) {
        if (message.contains("unknown datatype")) {
            return "a STRICT table takes no merge word in a type: say it with a policy row";
        }
        Matcher near = NEAR.matcher(message);
        if (near.find() && MergeWord.ofWord(near.group(1)).isPresent()) {
            return "a type with a size takes no merge word behind it: leave the size out, or say the word with a policy row";
        }
        return message.toLowerCase(Locale.ROOT).contains("table godwit_policy already exists")
                ? "leave it out, or write `create table if not exists godwit_policy`"
                : "correct it; any SQLite tool shows the same error";
    }

    private static Schema introspect(Catalogue catalogue, String file, String text, List<Problem> problems) {
        Policies policies = new Policies(file, catalogue, problems);
        for (String name : catalogue.reserved()) {
            problems.add(new Problem(
                    file + ": " + name, "names that begin with godwit_ are the engine's own", "choose another name"));
        }
        List<Table> tables = new ArrayList<>();
        List<Schema.Statement> statements = new ArrayList<>();
        for (Entry entry : catalogue.entries()) {
            if (entry.type().equals("table")) {
                Optional<Table> table = new TableReader(file, catalogue, policies, problems).read(entry.name());
                table.ifPresent(tables::add);
            }
            statements.add(new Schema.Statement(entry.type(), entry.name(), entry.table(), entry.sql()));
        }
        if (tables.isEmpty() && problems.isEmpty()) {
            problems.add(new Problem(file, "it creates no table", "add a CREATE TABLE statement"));
        }
        tables.add(ConflictTable.TABLE);
        statements.add(ConflictTable.STATEMENT);
        return new Schema(tables, statements, text);
    }
}
