package dev.godwit.schema;

import java.util.List;
import java.util.stream.Collectors;

/** A schema that cannot be used. The message lists every problem, each with its mend. */
public final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /**
     * One problem.
     *
     * @param place the file, then the table and the column where there is one: {@code app.sql: task.done}
     * @param message what is wrong
     * @param mend what to do
     */
    public record Problem(String place, String message, String mend) {
        @Override
        public String toString() {
            return place + ": " + message + "; " + mend;
        }
    }

    /** With at least one problem. */
    public SchemaException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n"))
                + "\n(docs/troubleshooting.md#schema)");
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }
}
