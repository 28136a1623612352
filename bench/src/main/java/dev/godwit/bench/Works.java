package dev.godwit.bench;

import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * S1: works enqueued and done by ours and by other schedulers for the JVM, each in a SQLite file of its own with the same
 * durability, in turns.
 */
final class Works {
    private static final int WARM_UP = 1;
    private static final int TOGETHER = 100;
    private static final int TURN = 100;
    private static final int THREADS = 4;
    private static final String OURS = "ours";
    private static final String PLAIN = "plain";

    private final Path folder;
    private final Report report;
    private final int rounds;
    private final int works;
    private final Map<String, WorkLoad.Opening> schedulers = new LinkedHashMap<>();

    Works(Path folder, Report report, int rounds, int works) {
        this.folder = folder;
        this.report = report;
        this.rounds = rounds;
        this.works = works;
        schedulers.put(OURS, OwnScheduler::new);
        if (DbSchedulerPeer.isPresent()) {
            schedulers.put("db-scheduler", DbSchedulerPeer::new);
        }
        if (JobRunrPeer.isPresent()) {
            schedulers.put("JobRunr", JobRunrPeer::new);
        }
        if (schedulers.size() < 3) {
            report.progress("S1: other schedulers are not on the class path, and are left out: here are "
                    + schedulers.keySet());
        }
    }

    void measure() throws IOException, InterruptedException {
        Map<String, List<Double>> single = enqueue("S1 one by one, 1,000 works", 1, works / 5, 1.3);
        String name = "S1 " + TOGETHER + " to a transaction, 1,000 works";
        Map<String, List<Double>> together = enqueue(name, TOGETHER, works, Double.NaN);
        if (!peers().isEmpty()) {
            bestPeer(name + ", the best peer one by one", samples(together, OURS), single, 0.1);
            bestPeer(name + ", the best peer in the same way", samples(together, OURS), together, 0.1);
        }
        completion();
    }

    /** In turns of a few works each: what else the machine does then meets all of them. */
    private Map<String, List<Double>> enqueue(String name, int together, int count, double atMost) throws IOException {
        Map<String, WorkLoad.Opening> all = new LinkedHashMap<>(schedulers);
        all.put(PLAIN, PlainRows::new);
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        for (int round = 0; round < WARM_UP + rounds; round++) {
            report.progress(name + ": round " + (round + 1) + " of " + (WARM_UP + rounds));
            int counted = round;
            enqueued(all, name, together, count)
                    .forEach((who, taken) -> keep(seconds, counted, who, taken * 1_000 / count));
        }
        Samples ours = samples(seconds, OURS);
        report.add(Figure.ratio(name + ", beside plain SQLite", ours, samples(seconds, PLAIN), atMost));
        for (String peer : peers()) {
            report.add(Figure.ratio(name + ", beside " + peer, ours, samples(seconds, peer), Double.NaN));
        }
        return seconds;
    }

    private void bestPeer(String name, Samples ours, Map<String, List<Double>> seconds, double atMost) {
        String best = peers().stream()
                .min(Comparator.comparingDouble(peer -> samples(seconds, peer).median()))
                .orElseThrow();
        report.add(Figure.ratio(name + ": " + best, ours, samples(seconds, best), atMost));
    }

    private List<String> peers() {
        return schedulers.keySet().stream().filter(name -> !name.equals(OURS)).toList();
    }

    private static void keep(Map<String, List<Double>> seconds, int round, String name, double taken) {
        if (round >= WARM_UP) {
            seconds.computeIfAbsent(name, n -> new ArrayList<>()).add(taken);
        }
    }

    private static Samples samples(Map<String, List<Double>> seconds, String name) {
        return new Samples(seconds.getOrDefault(name, List.of()));
    }

    private Path file() throws IOException {
        return Files.createTempDirectory(folder, "works").resolve("works.db");
    }

    private Map<String, Double> enqueued(Map<String, WorkLoad.Opening> all, String name, int together, int count)
            throws IOException {
        Map<String, Path> files = new LinkedHashMap<>();
        Map<String, WorkLoad.Peer> open = new LinkedHashMap<>();
        Map<String, Double> taken = new LinkedHashMap<>();
        for (Map.Entry<String, WorkLoad.Opening> each : all.entrySet()) {
            Path file = file();
            files.put(each.getKey(), file);
            open.put(each.getKey(), each.getValue().open(file, new WorkLoad(count)));
        }
        for (int from = 0; from < count; from += TURN) {
            int first = from;
            int end = Math.min(count, from + TURN);
            open.forEach((who, peer) -> taken.merge(who, turn(peer, first, end, together), Double::sum));
        }
        for (Map.Entry<String, WorkLoad.Peer> each : open.entrySet()) {
            each.getValue().close();
            long there = number(
                    Objects.requireNonNull(files.get(each.getKey())),
                    each.getValue().unfinished());
            report.require(there == count, name + ": " + each.getKey() + " has " + there + " of " + count + " works");
        }
        return taken;
    }

    private static double turn(WorkLoad.Peer peer, int first, int end, int together) {
        long begun = System.nanoTime();
        if (together == 1) {
            peer.enqueue(first, end);
        } else {
            for (int from = first; from < end; from += together) {
                peer.enqueueTogether(from, Math.min(end, from + together));
            }
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    static long number(Path file, String sql) {
        try (SqliteConnection connection = Contents.open(file)) {
            return Sql.number(connection, sql);
        }
    }

    private void completion() throws IOException, InterruptedException {
        String name = "S1 " + works + " works done by " + THREADS + " workers";
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        for (int round = 0; round < WARM_UP + rounds; round++) {
            report.progress(name + ": round " + (round + 1) + " of " + (WARM_UP + rounds));
            for (Map.Entry<String, WorkLoad.Opening> each : schedulers.entrySet()) {
                keep(seconds, round, each.getKey(), done(each.getValue(), name + " by " + each.getKey()));
            }
        }
        Samples ours = samples(seconds, OURS);
        for (String peer : peers()) {
            report.add(Figure.ratio(name + ", beside " + peer, ours, samples(seconds, peer), Double.NaN));
        }
        if (peers().isEmpty()) {
            report.add(Figure.amount(name, "s", ours, null, Double.NaN));
        } else {
            bestPeer(name + ", the best peer", ours, seconds, 0.25);
        }
    }

    /** Seconds until the last result is in the file. */
    private double done(WorkLoad.Opening opening, String name) throws IOException, InterruptedException {
        Path file = file();
        WorkLoad load = new WorkLoad(works);
        try (WorkLoad.Peer scheduler = opening.open(file, load);
                SqliteConnection outside = Contents.open(file)) {
            for (int from = 0; from < works; from += TOGETHER) {
                scheduler.enqueueTogether(from, Math.min(works, from + TOGETHER));
            }
            long begun = System.nanoTime();
            scheduler.start(THREADS);
            boolean ran = load.awaitAll();
            while (ran && Sql.number(outside, scheduler.unfinished()) > 0) {
                ran = System.nanoTime() - begun < WorkLoad.PATIENCE.toNanos();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            double taken = (System.nanoTime() - begun) / 1e9;
            report.require(ran, name + ": not all is done after " + taken + " s");
            report.require(load.wrong() == 0, name + ": " + load.wrong() + " works did not run exactly once");
            return taken;
        }
    }
}
