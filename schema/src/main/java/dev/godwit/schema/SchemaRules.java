package dev.godwit.schema;

import dev.godwit.model.ForeignKey;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.schema.SchemaException.Problem;
import java.util.List;
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
            table.foreignKeys().forEach(clause -> check(table, clause));
        }
    }

    /** A row that everybody has must not point at a row that only some have (H14). */
    private void check(Table child, ForeignKey clause) {
        Optional<Table> parent = schema.table(clause.parent());
        if (parent.isEmpty()) {
            problem(
                    child,
                    clause,
                    "it refers to " + clause.parent() + ", which is not synced",
                    "sync it too, or drop the clause");
        } else if (child.constantScope() != null && parent.get().constantScope() == null) {
            problem(
                    child,
                    clause,
                    "its rows live in the constant scope '" + child.constantScope() + "' and refer to rows of "
                            + parent.get().name() + ", which live in scopes that not everybody holds",
                    "give it a scope column too, or the parent a constant scope");
        }
    }

    private void problem(Table child, ForeignKey clause, String message, String mend) {
        String column = child.columns().get(clause.columns().get(0)).name();
        problems.add(new Problem(file + ": " + child.name() + "." + column, message, mend));
    }
}
