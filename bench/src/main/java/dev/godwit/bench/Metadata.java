package dev.godwit.bench;

import dev.godwit.client.Godwit;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many bytes the server and a device remember of a row beside its values: rows of 8 columns, two kinds of keys. */
final class Metadata {
    private static final int BATCH = 1_000;
    private static final List<String> APART = List.of("a", "b", "c", "d", "e", "f");

    /** Random in their order, the same in every run. */
    private static final String UUIDS =
            "printf('%08x-%04x-4%03x-8%03x-%012x', i * 2654435761 & 0xffffffff, i * 40503 & 0xffff,"
                    + " i * 2971 & 0xfff, i * 1213 & 0xfff, i * 190811245 & 0xffffffffffff)";

    private final Path folder;
    private final Report report;
    private final int rows;

    Metadata(Path folder, Report report, int rows) {
        this.folder = folder;
        this.report = report;
        this.rows = rows;
    }

    void measure() throws IOException {
        measure("integer keys", "integer", "i");
        measure("UUID keys", "text", UUIDS);
    }

    private void measure(String name, String type, String key) throws IOException {
        String schema = "create table item (id " + type + " primary key not null, team text scope not null, a text,"
                + " b text, c text, d integer, e integer, f real);";
        String insert = "insert into item with recursive n (i) as (select ? union all select i + 1 from n where i < ?)"
                + " select " + key + ", 'red', 'a' || i, 'b' || i, 'c' || i, i, 2 * i, i / 2.0 from n";
        Path here = Files.createTempDirectory(folder, "metadata");
        Path plain = here.resolve("plain.db");
        try (SqliteConnection connection = Contents.open(plain)) {
            connection.execute(schema.replace("text scope", "text"));
        }
        long plainEmpty = Contents.compactSize(plain);
        try (SqliteConnection connection = Contents.open(plain)) {
            Sql.run(connection, insert, Value.of(1L), Value.of((long) rows));
        }
        try (Stage stage = new Stage(here, schema)) {
            Godwit a = stage.open("a");
            Godwit b = stage.open("b");
            long empty = Contents.compactSize(stage.file("b")) - plainEmpty;
            for (int from = 1; from <= rows; from += BATCH) {
                int first = from;
                a.write(tx -> tx.run(insert, first, Math.min(rows, first + BATCH - 1)));
            }
            sync(a);
            sync(b);
            verify(stage, plain);
            server(stage, name + ", 8 columns at once", 40);
            double clean = (double) Contents.compactSize(stage.file("b")) - Contents.compactSize(plain) - empty;
            report.add(bytes("device metadata of a clean row: " + name, clean, 8));
            apart(stage, a, b);
            server(stage, name + ", each column apart", Double.NaN);
        }
    }

    private void apart(Stage stage, Godwit a, Godwit b) {
        for (String column : APART) {
            a.write(tx -> tx.run("update item set " + column + " = " + column + " + 1"));
        }
        sync(a);
        sync(b);
        verify(stage, stage.file("a"));
    }

    private void server(Stage stage, String name, double atMost) {
        try (SqliteConnection connection = Contents.open(stage.serverFile())) {
            report.add(bytes(
                    "server metadata of a row: " + name,
                    (double) Contents.bytes(connection, "godwit_row") + Contents.bytes(connection, "godwit_row_log"),
                    atMost));
            report.add(bytes(
                    "of it in the log's index: " + name,
                    (double) Contents.bytes(connection, "godwit_row_log"),
                    Double.NaN));
        }
    }

    private Figure bytes(String name, double bytes, double atMost) {
        return Figure.amount(name, "B", bytes / rows, null, atMost);
    }

    private void verify(Stage stage, Path wanted) {
        for (Path file : List.of(stage.serverFile(), stage.file("b"))) {
            report.verify("metadata", Contents.of(wanted, "item"), Contents.of(file, "item"));
        }
    }

    private void sync(Godwit device) {
        SyncResult result = device.sync();
        report.require(result.isSynced(), "metadata: a sync did not end: " + result);
    }
}
