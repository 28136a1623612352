package dev.godwit.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A first sync of very many rows with 256 MiB of heap for the server and for each device, every one of them a process; the
 * device is killed in the middle and goes on.
 */
final class MillionRows {
    private final Path folder;
    private final Report report;
    private final int rows;

    MillionRows(Path folder, Report report, int rows) {
        this.folder = folder;
        this.report = report;
        this.rows = rows;
    }

    void measure() throws IOException, InterruptedException {
        try (Stage stage = new Stage(folder)) {
            stage.prepare("writer");
            stage.prepare("reader");
            report.progress("writing and pushing " + rows + " rows");
            finish(stage, device(stage, "writer", rows));
            long pushed = stage.proxy().take().up();
            long before = killHalfWay(stage, pushed / 2);
            report.progress("the reader was killed after " + before + " bytes; it goes on");
            long begun = System.nanoTime();
            finish(stage, device(stage, "reader", 0));
            double seconds = (System.nanoTime() - begun) / 1e9;
            long after = stage.proxy().take().down();
            report.progress("the reader needed " + after + " bytes more");
            report.verify("million", Contents.of(stage.serverFile()), Contents.of(stage.file("reader")));
            report.add(
                    Figure.amount("first sync of " + rows + ": the rest after a kill", "s", seconds, null, Double.NaN));
            report.add(Figure.amount(
                    "bytes fetched again, of all",
                    "",
                    Math.max(0, before + after - pushed) / (double) pushed,
                    null,
                    0.25));
        }
    }

    /** Starts the download and kills the process when so many bytes have come; returns how many came. */
    private long killHalfWay(Stage stage, long bytes) throws IOException, InterruptedException {
        Process reader = device(stage, "reader", 0);
        while (stage.proxy().down() < bytes && !reader.waitFor(20, TimeUnit.MILLISECONDS)) {
            Thread.onSpinWait();
        }
        report.require(reader.isAlive(), "the reader ended before it could be killed");
        reader.destroyForcibly().waitFor();
        return stage.proxy().take().down();
    }

    private static Process device(Stage stage, String name, int write) throws IOException {
        return stage.processes()
                .start(List.of("bench-device", stage.file(name).toString(), "--write", Integer.toString(write)));
    }

    private void finish(Stage stage, Process device) throws IOException, InterruptedException {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(device.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                report.progress(line);
            }
        }
        report.require(device.waitFor() == 0, "a device ended with exit code " + device.exitValue());
        report.require(
                stage.processes().areAlive(), "the server is gone: did 256 MiB of heap not do? its messages are above");
    }
}
