package dev.godwit.bench;

import dev.godwit.bench.CountingProxy.Traffic;
import dev.godwit.client.Godwit;
import dev.godwit.client.SyncResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** W2 to W5: between devices here and a server in a process of its own; bytes are counted between them. */
final class Transfers {
    private static final int BATCH = 1_000;

    private final Path folder;
    private final Report report;
    private final int rounds;
    private final List<Object[]> rows;
    private final int fields;
    private final List<Double> plain = new ArrayList<>();
    private final List<Double> socket = new ArrayList<>();
    private final List<Double> push = new ArrayList<>();
    private final List<Double> pull = new ArrayList<>();
    private long socketBytes;
    private Traffic pushed = new Traffic(0, 0);
    private Traffic pulled = new Traffic(0, 0);

    /** With these rows for W2 and W3; {@code fields} of them change in W4. */
    Transfers(Path folder, Report report, int rounds, List<Object[]> rows, int fields) {
        this.folder = folder;
        this.report = report;
        this.rounds = rounds;
        this.rows = rows;
        this.fields = fields;
    }

    void measure() throws IOException {
        for (int round = 1; round <= rounds; round++) {
            report.progress("W2 to W5: round " + round + " of " + rounds);
            round(Files.createTempDirectory(folder, "round"), round == rounds);
        }
    }

    private void round(Path here, boolean last) throws IOException {
        Path plainFile = here.resolve("plain.db");
        plain.add(LocalWrites.plain(plainFile, rows, BATCH));
        PlainSocket.Moved moved = PlainSocket.move(Rows.text(rows));
        socket.add(moved.seconds());
        socketBytes = moved.bytes();
        try (Stage stage = new Stage(here)) {
            Godwit a = stage.open("a");
            Godwit b = stage.open("b");
            LocalWrites.write(a, rows, BATCH);
            push.add(sync("W2", a));
            pushed = stage.proxy().take();
            report.verify("W2", Contents.of(plainFile), Contents.of(stage.serverFile()));
            pull.add(sync("W3", b));
            pulled = stage.proxy().take();
            report.verify("W3", Contents.of(plainFile), Contents.of(stage.file("b")));
            if (last) {
                transferred();
                cleanRows(plainFile, stage.file("b"));
                fields(stage, a, b);
                nothing(stage, b);
            }
        }
    }

    private void transferred() {
        Samples physical = new Samples(plain);
        report.add(Figure.ratio("W2 push of " + rows.size() + " rows", new Samples(push), physical, 6));
        report.add(Figure.ratio("W3 first pull of them", new Samples(pull), physical, 4));
        report.add(Figure.ratio("W2 beside a plain socket", new Samples(push), new Samples(socket), Double.NaN));
        report.add(Figure.ratio("W3 beside a plain socket", new Samples(pull), new Samples(socket), Double.NaN));
        Samples gzipped = Samples.of((double) socketBytes / rows.size());
        report.add(bytes("W2 bytes a row, both ways", pushed.up() + pushed.down(), rows.size(), gzipped, Double.NaN));
        report.add(bytes("W3 bytes a row, both ways", pulled.up() + pulled.down(), rows.size(), gzipped, Double.NaN));
    }

    private void cleanRows(Path plainFile, Path clean) throws IOException {
        double bytes = Contents.compactSize(clean) - Contents.compactSize(plainFile);
        report.add(Figure.amount("metadata of a clean row on the device", "B", bytes / rows.size(), null, 8));
    }

    private void fields(Stage stage, Godwit a, Godwit b) throws IOException {
        List<String> ids = rows.subList(0, fields).stream()
                .map(row -> String.valueOf(row[0]))
                .toList();
        sync("W4", a);
        sync("W4", b);
        stage.proxy().take();
        a.write(tx -> ids.forEach(id -> tx.run("update work_order set status = 'one' where id = ?", id)));
        fields("W4 a field, all in one transaction", stage, a, b, ids, "one");
        ids.forEach(id -> a.write(tx -> tx.run("update work_order set status = 'each' where id = ?", id)));
        fields("W4 a field, each in its own", stage, a, b, ids, "each");
    }

    private void fields(String name, Stage stage, Godwit a, Godwit b, List<String> ids, String value)
            throws IOException {
        Samples gzipped = Samples.of((double)
                        PlainSocket.move(String.join("\t" + value + "\n", ids).getBytes(StandardCharsets.UTF_8))
                                .bytes()
                / ids.size());
        sync(name, a);
        Traffic up = stage.proxy().take();
        sync(name, b);
        Traffic down = stage.proxy().take();
        report.verify(name, Contents.of(stage.serverFile()), Contents.of(stage.file("b")));
        report.add(bytes(name + ", up", up.up() + up.down(), ids.size(), gzipped, 60));
        report.add(bytes(name + ", down", down.up() + down.down(), ids.size(), gzipped, 60));
    }

    private void nothing(Stage stage, Godwit b) {
        sync("W5", b);
        stage.proxy().take();
        SyncResult quiet = b.sync();
        Traffic traffic = stage.proxy().take();
        double bytes = (double) traffic.up() + traffic.down();
        report.add(Figure.amount("W5 nothing has changed: requests", "", quiet.requests(), null, 1));
        report.add(Figure.amount("W5 bytes both ways without the token", "B", bytes - stage.tokenLength(), null, 600));
        report.add(Figure.amount("W5 bytes both ways, all of them", "B", bytes, null, Double.NaN));
    }

    private static Figure bytes(String name, long bytes, int of, @Nullable Samples physical, double atMost) {
        return Figure.amount(name, "B", (double) bytes / of, physical, atMost);
    }

    private double sync(String what, Godwit device) {
        long begun = System.nanoTime();
        SyncResult result = device.sync();
        double seconds = (System.nanoTime() - begun) / 1e9;
        report.progress(what + ": " + result);
        report.require(result.isSynced(), what + " did not end: " + result);
        return seconds;
    }
}
