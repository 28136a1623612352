package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at a process with a scheduler, at any moment, again and again; often the next one is there before the last one is
 * dead. {@code -DworkKills=300} kills more often; {@code -Dseed=…} replays the choices, though not the moments.
 */
class WorkKillTest {
    private final int kills = Integer.getInteger("workKills", 20);
    private final long seed = Seeds.given(20261121);
    private final Random random = new Random(seed);
    private final Set<Long> acknowledged = new TreeSet<>();
    /** When each process was dead at the latest, in the order of their starts. */
    private final List<Long> dead = new ArrayList<>();

    private int opened;
    private int overlaps;

    @TempDir
    Path folder;

    @Test
    void nothingIsLostAndNothingRunsTwiceAtOnce() throws Exception {
        System.out.println("WorkKillTest: seed " + seed);
        long begin = System.nanoTime();
        Process before = null;
        for (int run = 0; run < kills; run++) {
            boolean isShared = before != null || random.nextInt(3) == 0;
            Process process = start(run, isShared, "fill");
            if (before != null) {
                // two are alive for a while; the one that is not the owner enqueues, too
                overlaps++;
                listen(process, random.nextInt(20));
                kill(before);
            }
            listen(process, random.nextInt(10) == 0 ? 0 : random.nextInt(60));
            if (isShared && random.nextInt(3) > 0 && run < kills - 1) {
                before = process;
            } else {
                before = null;
                kill(process);
            }
        }
        Process last = start(kills, false, "drain");
        List<String> said = reader(last).lines().toList();
        assertThat(last.waitFor()).isZero();
        assertThat(said).contains("drained").noneMatch(line -> line.startsWith("trouble"));
        everyWorkIsDoneAndHasItsData();
        int runs = runsDoNotOverlap();
        System.out.println("WorkKillTest: " + kills + " kills, " + opened + " of a scheduler that was open, " + overlaps
                + " beside another one, " + acknowledged.size() + " acknowledged works, lost 0, " + runs
                + " runs, twice at once 0, "
                + (System.nanoTime() - begin) / 1_000_000_000 + " s, seed " + seed);
        assertThat(acknowledged.size()).isGreaterThan(kills * 5);
        assertThat(opened).isGreaterThan(kills / 2);
    }

    private Process start(int run, boolean isShared, String what) throws IOException {
        return FaultDisk.start(
                Map.of(),
                WorkChild.class.getName(),
                List.of(
                        folder.toString(),
                        Long.toString(seed),
                        Integer.toString(run),
                        isShared ? "shared" : "only",
                        what));
    }

    private final Map<Process, BufferedReader> readers = new HashMap<>();

    private BufferedReader reader(Process process) {
        return readers.computeIfAbsent(
                process,
                each -> new BufferedReader(new InputStreamReader(each.getInputStream(), StandardCharsets.UTF_8)));
    }

    /** Hears so many acknowledgements, unless it ends before. */
    private void listen(Process process, int acks) throws IOException {
        BufferedReader out = reader(process);
        int heard = 0;
        while (heard < acks) {
            String line = out.readLine();
            if (line == null) {
                return;
            }
            heard += hear(line);
        }
    }

    private int hear(String line) {
        assertThat(line).as("seed " + seed).doesNotStartWith("trouble");
        opened += line.equals("open") ? 1 : 0;
        if (!line.startsWith("ack ")) {
            return 0;
        }
        acknowledged.add(Long.valueOf(line.substring(4)));
        return 1;
    }

    private void kill(Process process) throws Exception {
        process.toHandle().destroyForcibly(); // its streams stay open, and are read to their end
        process.waitFor();
        dead.add(WorkChild.monotonic());
        BufferedReader out = reader(process);
        // what it has said counts; the last line may be torn
        String last = null;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (last != null) {
                hear(last);
            }
            last = line;
        }
    }

    private void everyWorkIsDoneAndHasItsData() {
        try (SqliteConnection file = Crew.DRIVER.open(
                SqliteOptions.of(folder.resolve("work.db").toString()).reading())) {
            for (long id : acknowledged) {
                assertThat(Sql.number(file, "select coalesce(max(state), -1) from godwit_work where id = " + id))
                        .as("work " + id + ", seed " + seed)
                        .isEqualTo(4);
            }
            assertThat(Sql.number(file, "select count(*) from godwit_work where state <> 4"))
                    .isZero();
            assertThat(Sql.number(file, "select count(*) from data where work not in (select id from godwit_work)"))
                    .as("data without work, seed " + seed)
                    .isZero();
            assertThat(
                            Sql.number(
                                    file,
                                    "select count(*) from godwit_work_tag where tag = 'data' and work not in (select work from data)"))
                    .as("work without data, seed " + seed)
                    .isZero();
            assertThat(Sql.number(file, "select count(*) from data")).isGreaterThan(kills);
        }
    }

    /** One run of a work: from when to when; the end of one that was killed is the death of its process at the latest. */
    private static final class Run {
        long begin = Long.MAX_VALUE;
        long end = -1;
    }

    private int runsDoNotOverlap() throws IOException {
        Map<Long, TreeMap<Long, Run>> works = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve("effects"), StandardCharsets.US_ASCII)) {
            String[] words = line.split(" ");
            assertThat(words).as("a torn line: " + line).hasSize(4);
            Run run = works.computeIfAbsent(Long.valueOf(words[1]), id -> new TreeMap<>())
                    .computeIfAbsent(Long.valueOf(words[2]), token -> new Run());
            long at = Long.parseLong(words[3]);
            if (words[0].equals("B")) {
                assertThat(run.begin).as("a token is used once: " + line).isEqualTo(Long.MAX_VALUE);
                run.begin = at;
            } else {
                run.end = at;
            }
        }
        int runs = 0;
        for (Map.Entry<Long, TreeMap<Long, Run>> work : works.entrySet()) {
            Run last = null;
            for (Run run : work.getValue().values()) {
                runs++;
                if (last != null) {
                    assertThat(run.begin)
                            .as("work " + work.getKey() + " begins while an older run of it goes on, seed " + seed)
                            .isGreaterThanOrEqualTo(last.end);
                    if (last.end < 0) {
                        Run before = last;
                        assertThat(dead)
                                .as("work " + work.getKey() + " begins anew though nobody died, seed " + seed)
                                .anyMatch(at -> before.begin <= at && at - SLACK_MILLIS <= run.begin);
                    }
                }
                last = run;
            }
            assertThat(last == null ? -1 : last.end)
                    .as("work " + work.getKey() + " has ended")
                    .isPositive();
        }
        assertThat(works.keySet()).as("seed " + seed).containsAll(acknowledged);
        return runs;
    }

    /** From a death to when we know of it. */
    private static final long SLACK_MILLIS = 200;
}
