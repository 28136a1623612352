package dev.godwit.bench;

import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** S1: how soon a work begins when its condition turns true and when a full file is opened; and how large it is. */
final class WorkTimes {
    private static final int WARM_UP = 20;
    private static final int TOGETHER = 1_000;

    private final Path folder;
    private final Report report;

    WorkTimes(Path folder, Report report) {
        this.folder = folder;
        this.report = report;
    }

    private Path file() throws IOException {
        return Files.createTempDirectory(folder, "works").resolve("works.db");
    }

    /** From the news to the first line of the first worker, while so many wait for it. */
    void dispatch(int waiting, int times) throws IOException, InterruptedException {
        String name = "S1 from the condition to the worker, " + waiting + " waiting";
        report.progress(name);
        List<Double> millis = new ArrayList<>();
        SynchronousQueue<Long> begun = new SynchronousQueue<>();
        AtomicBoolean isFirst = new AtomicBoolean();
        try (OwnScheduler own = new OwnScheduler(file(), context -> {
            long now = System.nanoTime();
            if (isFirst.compareAndSet(true, false)) {
                begun.put(now);
            }
            return WorkOutcome.retry("so that it waits again");
        })) {
            for (int from = 0; from < waiting; from += TOGETHER) {
                own.enqueueTogether(from, Math.min(waiting, from + TOGETHER));
            }
            int next = waiting;
            for (int i = 0; i < WARM_UP + times; i++) {
                own.enqueue(next, ++next);
                isFirst.set(true);
                long news = System.nanoTime();
                own.device().set(Fact.CONNECTED, true);
                Long first = begun.poll(WorkLoad.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                own.device().set(Fact.CONNECTED, false);
                report.require(first != null, name + ": none began");
                if (first != null && i >= WARM_UP) {
                    millis.add((first - news) / 1e6);
                }
            }
        }
        Samples samples = new Samples(millis);
        report.add(Figure.amount(name + ", median", "ms", samples, null, Double.NaN));
        double p99 = samples.values().get(Math.min(millis.size() - 1, (int) Math.ceil(millis.size() * 0.99) - 1));
        report.add(Figure.amount(name + ", 99 of 100", "ms", p99, null, 50));
    }

    /** A process was killed with so many works; another opens the file. */
    void recovery(int pending, int rounds) throws IOException, InterruptedException {
        String name = "S1 from opening to the first worker, " + pending + " pending";
        report.progress(name);
        Path file = file();
        try (OwnScheduler own = new OwnScheduler(file, context -> WorkOutcome.success())) {
            for (int from = 0; from < pending; from += TOGETHER) {
                own.enqueueTogether(from, Math.min(pending, from + TOGETHER));
            }
        }
        bytes(file, pending);
        List<Double> opening = new ArrayList<>();
        List<Double> first = new ArrayList<>();
        for (int i = 0; i < 1 + rounds; i++) {
            asAKillLeavesIt(file);
            AtomicLong began = new AtomicLong();
            long begun = System.nanoTime();
            try (OwnScheduler own = new OwnScheduler(file, context -> {
                began.compareAndSet(0, System.nanoTime());
                return WorkOutcome.retry("so that all are there the next time");
            })) {
                double opened = (System.nanoTime() - begun) / 1e9;
                own.device().set(Fact.CONNECTED, true);
                while (began.get() == 0) {
                    Thread.onSpinWait();
                }
                if (i > 0) {
                    opening.add(opened);
                    first.add((began.get() - begun) / 1e9);
                }
            }
            long left = Works.number(file, "select count(*) from godwit_work where state < 4");
            report.require(left == pending, name + ": " + left + " are left");
        }
        report.add(Figure.amount("S1 opening with " + pending + " pending", "s", new Samples(opening), null, 1));
        report.add(Figure.amount(name, "s", new Samples(first), null, 1));
    }

    /** Some were running, and the lease is not over. */
    private static void asAKillLeavesIt(Path file) {
        try (SqliteConnection connection = Contents.open(file)) {
            connection.execute("update godwit_work_meta set owned = tick + 1000000;"
                    + "update godwit_work set state = 1, token = token + 1 where id in (select id from godwit_work"
                    + " where state = 0 order by id limit 64);"
                    + "update godwit_work set gate = 0, held = 0, opens = 0, attempts = 0 where state = 0");
        }
    }

    private void bytes(Path file, int pending) throws IOException {
        long empty = empty();
        double each = (Contents.compactSize(file) - empty) / (double) pending;
        report.add(Figure.amount("S1 bytes of a work on disk, with its indexes", "B", each, null, 400));
    }

    private long empty() throws IOException {
        Path file = file();
        new OwnScheduler(file, context -> WorkOutcome.success()).close();
        return Contents.compactSize(file);
    }
}
