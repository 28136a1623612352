package dev.godwit.bench;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** The rows of the workload, from a fixed seed: field-service work orders. */
final class Rows {
    static final String SCHEMA = """
            create table work_order (
              id text primary key, team text scope not null, customer text not null, status text not null,
              assignee text, priority integer not null, notes text, quantity integer counter not null default 0,
              price real, updated_at integer not null, tags text);
            create index work_order_status on work_order (status);
            """;
    static final String PLAIN = SCHEMA.replace("text scope", "text").replace("integer counter", "integer");
    static final List<String> COLUMNS = List.of(
            "id",
            "team",
            "customer",
            "status",
            "assignee",
            "priority",
            "notes",
            "quantity",
            "price",
            "updated_at",
            "tags");
    static final String INSERT =
            "insert into work_order (" + String.join(", ", COLUMNS) + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String[] STATUS = {"new", "open", "assigned", "travelling", "working", "done", "billed"};
    private static final String[] WORDS =
            "valve filter pump leak customer called again tomorrow morning replace check hose main unit".split(" ");

    private Rows() {}

    static List<Object[]> make(int count, long seed) {
        Random random = new Random(seed);
        List<Object[]> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            StringBuilder notes = new StringBuilder();
            int length = 60 + random.nextInt(140);
            while (notes.length() < length) {
                notes.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            rows.add(new Object[] {
                new UUID(random.nextLong(), random.nextLong()).toString(),
                "red",
                "customer " + random.nextInt(5_000),
                STATUS[random.nextInt(STATUS.length)],
                "worker " + random.nextInt(40),
                1L + random.nextInt(5),
                notes.toString(),
                (long) random.nextInt(100),
                random.nextInt(100_000) / 100.0,
                1_700_000_000_000L + random.nextInt(1_000_000_000),
                random.nextBoolean() ? null : "[\"urgent\"]"
            });
        }
        return rows;
    }

    /** The rows as lines of text. */
    static byte[] text(List<Object[]> rows) {
        StringBuilder text = new StringBuilder();
        for (Object[] row : rows) {
            for (Object value : row) {
                text.append(value).append('\t');
            }
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Inserts rows into plain SQLite, so many to a commit; returns the nanoseconds. */
    static long plain(SqliteConnection connection, List<Object[]> rows, int batch) {
        connection.execute(PLAIN);
        long begun = System.nanoTime();
        try (SqliteStatement insert = connection.prepare(INSERT)) {
            for (int i = 0; i < rows.size(); i++) {
                if (i % batch == 0) {
                    connection.execute("begin immediate");
                }
                bind(insert, rows.get(i));
                insert.step();
                insert.reset();
                if (i % batch == batch - 1 || i == rows.size() - 1) {
                    connection.execute("commit");
                }
            }
        }
        return System.nanoTime() - begun;
    }

    private static void bind(SqliteStatement insert, Object[] row) {
        for (int i = 0; i < row.length; i++) {
            Object value = row[i];
            if (value instanceof String text) {
                insert.bindText(i + 1, text);
            } else if (value instanceof Long number) {
                insert.bindLong(i + 1, number);
            } else if (value instanceof Double real) {
                insert.bindDouble(i + 1, real);
            } else {
                insert.bindNull(i + 1);
            }
        }
    }
}
