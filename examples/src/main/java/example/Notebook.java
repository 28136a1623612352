package example;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.jdbc.JdbcSqlite;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** An application that keeps tasks: records in, records out, and a database that is ready to sync. */
final class Notebook implements AutoCloseable {
    private static final String SCHEMA =
            """
            create table task (
              id    text primary key,
              team  text scope not null,
              title text not null,
              done  integer not null default 0,
              votes integer counter not null default 0
            );
            """;

    record Task(UUID id, String team, String title, boolean done, long votes) {}

    private final Godwit godwit;

    Notebook(Path file) {
        godwit = Godwit.open(GodwitOptions.of(file.toString(), new JdbcSqlite())
                .withSchema(SCHEMA)
                .withScopes("red"));
    }

    Task add(String title) {
        Task task = new Task(UUID.randomUUID(), "red", title, false, 0);
        godwit.write(tx -> tx.records(Task.class, "task").insert(task));
        return task;
    }

    void vote(Task task) {
        godwit.write(tx -> tx.run("update task set votes = votes + 1 where id = ?", task.id()));
    }

    List<Task> tasks() {
        return godwit.records(Task.class, "task").list("order by title");
    }

    int waiting() {
        return godwit.outbox().size();
    }

    @Override
    public void close() {
        godwit.close();
    }
}
