package dev.godwit.schema;

import dev.godwit.model.ForeignKey;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.schema.SchemaException.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What must hold between tables. */
final class SchemaRules {
    private final String file;
    private final Schema schema;
    private final List<Problem> problems;

    SchemaRules(String file, Schema schema, List<Problem> problems) {
        this.file = file;
        this.schema = schema;
        this.problems = problems;
    }

    void check() {
        for (Table table : schema.tables()) {
            if (table.name().toLowerCase(Locale.ROOT).startsWith("godwit_")) {
                problem(table, "names that begin with godwit_ are the engine's own", "choose another name");
            }
            table.foreignKeys().forEach(clause -> check(table, clause));
        }
    }

    /** A row that everybody has must not point at a row that only some have (H14). */
    private void check(Table child, ForeignKey clause) {
        Optional<Table> parent = schema.table(clause.parent());
        if (parent.isEmpty()) {
            problem(
                    child,
                    "it refers to " + clause.parent() + ", which is not synced",
                    "sync it too, or drop the clause");
        } else if (child.constantScope() != null && parent.get().constantScope() == null) {
            problem(
                    child,
                    "its rows live in the constant scope '" + child.constantScope() + "' and refer to rows of "
                            + parent.get().name() + ", which live in scopes that not everybody holds",
                    "give it a scope column too, or the parent a constant scope");
        }
    }

    private void problem(Table table, String message, String mend) {
        problems.add(new Problem(file + ": " + table.name(), message, mend));
    }
}
