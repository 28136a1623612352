package dev.godwit.bench;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** W1: local writes through the public API, in turns with plain SQLite on the same driver with the same settings. */
final class LocalWrites {
    /** Rounds before the counted ones, in which the JVM compiles both. */
    private static final int WARM_UP = 2;

    private final Path folder;
    private final Report report;
    private final int rounds;

    LocalWrites(Path folder, Report report, int rounds) {
        this.folder = folder;
        this.report = report;
        this.rounds = rounds;
    }

    void measure(String name, List<Object[]> rows, int batch, double atMost) throws IOException {
        List<Double> ours = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        for (int round = 0; round < WARM_UP + rounds; round++) {
            report.progress(name + ": round " + (round + 1) + " of " + (WARM_UP + rounds));
            Path plainFile = Files.createTempDirectory(folder, "plain").resolve("plain.db");
            Path ourFile = Files.createTempDirectory(folder, "ours").resolve("ours.db");
            double plainSeconds = plain(plainFile, rows, batch);
            double ourSeconds = ours(ourFile, rows, batch);
            report.verify(name, Contents.of(plainFile), Contents.of(ourFile));
            if (round >= WARM_UP) {
                plain.add(plainSeconds);
                ours.add(ourSeconds);
            }
        }
        report.add(Figure.ratio(name, new Samples(ours), new Samples(plain), atMost));
    }

    /** Seconds that plain SQLite takes. */
    static double plain(Path file, List<Object[]> rows, int batch) {
        try (SqliteConnection connection = Contents.open(file)) {
            return Rows.plain(connection, rows, batch) / 1e9;
        }
    }

    private static double ours(Path file, List<Object[]> rows, int batch) {
        try (Godwit godwit = Godwit.open(GodwitOptions.of(file.toString(), new JdbcSqlite())
                .withSchema(Rows.SCHEMA)
                .withScopes("red"))) {
            long begun = System.nanoTime();
            write(godwit, rows, batch);
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    /** Writes rows, so many to a transaction. */
    static void write(Godwit godwit, List<Object[]> rows, int batch) {
        for (int from = 0; from < rows.size(); from += batch) {
            List<Object[]> part = rows.subList(from, Math.min(rows.size(), from + batch));
            godwit.write(tx -> part.forEach(row -> tx.run(Rows.INSERT, row)));
        }
    }
}
