package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.sql.SqliteOptions.Durability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power of a real file system goes: ext4 on a loop device is shut down without flushing its journal while two devices and a
 * server work on it, mounted again and looked at. Needs root. {@code -Dcuts=50} cuts more often.
 */
class RealPowerCutTest {
    private static final long BYTES = 64L << 20;

    @TempDir
    Path folder;

    private Path disk;
    private Path mount;
    private boolean mounted;

    @BeforeEach
    void makeAFileSystem() throws Exception {
        disk = folder.resolve("disk.img");
        mount = Files.createDirectories(folder.resolve("mount"));
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        String cannot = "";
        try {
            run("mkfs.ext4", "-q", "-F", disk.toString());
            mount();
        } catch (IOException e) {
            cannot = e.getMessage();
        }
        if (!cannot.isEmpty()) {
            System.out.println("RealPowerCutTest: SKIPPED, it needs root, loop devices and ext4: " + cannot);
        }
        assumeTrue(cannot.isEmpty(), cannot);
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            mounted = false;
            // mount made the loop device, and it goes with it
            run("umount", mount.toString());
        }
    }

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        int cuts = Integer.getInteger("cuts", 3);
        long seed = Seeds.given(20261126);
        Random random = new Random(seed);
        Path data = Files.createDirectories(mount.resolve("data"));
        Set<String> acknowledged = new LinkedHashSet<>();
        int answered = 0;
        for (int cut = 1; cut <= cuts; cut++) {
            Promised promised = workUntilTheCut(data, seed, cut, 5 + random.nextInt(60));
            acknowledged.addAll(promised.acknowledged());
            answered += promised.answered().size();
            unmount();
            mount();
            try (Crew crew = new Crew(data, Durability.NORMAL, 1_000 + cut)) {
                assertThat(crew.ordersOfServer())
                        .as("the server before anybody sends again, cut " + cut + ", seed " + seed)
                        .containsAll(promised.answered());
                Set<String> kept = crew.a.orders();
                kept.addAll(crew.b.orders());
                assertThat(kept).as("cut " + cut + ", seed " + seed).containsAll(acknowledged);
                assertThat(crew.assertConverges()).containsAll(acknowledged);
                crew.assertEachOrderHasANumberOfItsOwn();
            }
            // what is looked at next time must not rest on what was not synced here
            run("sync", "-f", data.toString());
        }
        System.out.println("RealPowerCutTest: " + cuts + " cuts, " + acknowledged.size() + " acknowledged writes and "
                + answered + " answered ones, lost 0, seed " + seed);
        assertThat(acknowledged.size()).isGreaterThan(cuts * 4);
        assertThat(answered).isPositive();
    }

    /** What was acknowledged on the devices before a cut, and what the server had answered by then. */
    private record Promised(Set<String> acknowledged, Set<String> answered) {}

    private Promised workUntilTheCut(Path data, long seed, int run, int writes) throws Exception {
        Process worker = FaultDisk.start(
                Map.of(),
                Workload.class.getName(),
                List.of(
                        data.toString(),
                        Long.toString(seed),
                        "100000",
                        Durability.FULL.name(),
                        "out",
                        Integer.toString(run)));
        Set<String> acknowledged = new LinkedHashSet<>();
        Set<String> answered = Set.of();
        Set<String> answeredBefore = Set.of();
        String last = "";
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
            // what it still says after the cut counts too, except for the last write and the last answer
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith("write ")) {
                    last = line.substring(8);
                    acknowledged.add(last);
                    if (acknowledged.size() == writes) {
                        run(NativeCode.powerCut().toString(), mount.toString());
                    }
                } else if (line.startsWith("answered ")) {
                    String whose = line.substring(9) + "-";
                    answeredBefore = answered;
                    answered = new LinkedHashSet<>(answered);
                    acknowledged.stream().filter(id -> id.startsWith(whose)).forEach(answered::add);
                }
            }
        } finally {
            worker.destroyForcibly().waitFor();
        }
        assertThat(acknowledged.size()).as("writes before the cut").isGreaterThanOrEqualTo(writes);
        // this shutdown is no moment: an fsync that is under way in it may return 0 and have kept nothing, of the
        // server
        // too: its last answer does not count either
        if (acknowledged.size() > writes) {
            acknowledged.remove(last);
        }
        return new Promised(acknowledged, answeredBefore);
    }

    private void mount() throws Exception {
        run("mount", "-t", "ext4", "-o", "loop", disk.toString(), mount.toString());
        mounted = true;
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.trim());
        }
    }
}
