package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.proof.FaultLog.Kind;
import dev.godwit.proof.FaultLog.Operation;
import dev.godwit.sql.SqliteOptions.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes at any moment, and the disk keeps of what was not synced whatever it likes: recorded below SQLite, rebuilt as
 * {@link CrashStates} says, opened with the real library. {@code -Dcuts=500} tries more; {@code -Dseed=…} replays.
 */
class PowerCutTest {
    private static final int STEPS = 160;
    /** How often a process that has died is started again. */
    private static final int RUNS = 8;

    private final int cuts = Integer.getInteger("cuts", 30);
    private final long seed = Seeds.given(20261123);

    @TempDir
    Path folder;

    private int states;

    /** Every way to record is needed once only. */
    private static final Map<String, List<Operation>> RECORDED = new HashMap<>();

    @Test
    void aDeviceLosesNothingThatItAcknowledged() throws Exception {
        Recording recording = record(Durability.FULL, "log");
        Random random = new Random(seed);
        long acknowledged = 0;
        for (int i = 0; i < cuts; i++) {
            int cut = recording.anyMoment(random);
            Path state = recording.cut(cut, "a.db", random);
            Set<String> promised = recording.written(cut, "a");
            acknowledged += promised.size();
            try (Crew crew = new Crew(state, Durability.NORMAL, RUNS + 1 + i)) {
                assertThat(crew.a.orders()).as(where(cut)).containsAll(promised);
                crew.a.assertWhole();
                Crew.assertSound(crew.a.file());
                Set<String> own = own(crew.a);
                int waiting = crew.a.db().outbox().size();
                Set<String> unknown = new LinkedHashSet<>(own);
                unknown.removeAll(crew.ordersOfServer());
                assertThat(unknown.size())
                        .as("rows without an entry in the outbox, " + where(cut))
                        .isLessThanOrEqualTo(waiting);
                goesOn(crew, recording, cut, own);
            }
        }
        report("device", acknowledged);
    }

    @Test
    void aServerLosesNothingThatItAnswered() throws Exception {
        Recording recording = record(Durability.FULL, "log");
        Random random = new Random(seed + 1);
        long acknowledged = 0;
        for (int i = 0; i < cuts; i++) {
            int cut = recording.anyMoment(random);
            Path state = recording.cut(cut, "server.db", random);
            Set<String> promised = recording.answered(cut);
            acknowledged += promised.size();
            try (Crew crew = new Crew(state, Durability.NORMAL, RUNS + 1 + i)) {
                Crew.assertSound(crew.server.file());
                assertThat(crew.ordersOfServer()).as(where(cut)).containsAll(promised);
                assertThat(crew.onServer("select coalesce(max(head), 0) from godwit_scope where name = 'red'"))
                        .as("the head of the scope, " + where(cut))
                        .isGreaterThanOrEqualTo(Math.max(seen(crew.a), seen(crew.b)));
                goesOn(crew, recording, cut, recording.written(cut, "a"));
            }
        }
        report("server", acknowledged);
    }

    @Test
    void everythingAtOnceLosesNothingEither() throws Exception {
        Recording recording = record(Durability.FULL, "log");
        Random random = new Random(seed + 2);
        long acknowledged = 0;
        for (int i = 0; i < cuts / 2; i++) {
            int cut = recording.anyMoment(random);
            Path state = recording.cut(cut, "", random);
            Set<String> promised = recording.written(cut, "a");
            acknowledged += promised.size();
            try (Crew crew = new Crew(state, Durability.NORMAL, RUNS + 1 + i)) {
                assertThat(crew.a.orders()).as(where(cut)).containsAll(promised);
                assertThat(crew.ordersOfServer()).as(where(cut)).containsAll(recording.answered(cut));
                goesOn(crew, recording, cut, promised);
            }
        }
        report("devices and server at once", acknowledged);
    }

    /**
     * A sync of a file fails, and the kernel takes what it could not write for clean: later syncs succeed without it. What is
     * acknowledged after such an error, perhaps after opening again, must not rest on what never came to the disk.
     */
    @Test
    void whatIsAcknowledgedAfterASyncOfAFileHasFailedIsKept() throws Exception {
        Recording recording = record(Durability.FULL, "syncs-fail");
        long failures = recording.operations.stream()
                .filter(o -> o.kind() == Kind.SYNC_FAILED)
                .count();
        assertThat(failures).isGreaterThan(5);
        Random random = new Random(seed + 4);
        long acknowledged = 0;
        for (int i = 0; i < cuts; i++) {
            int cut = recording.anyMoment(random);
            Set<String> promised = recording.written(cut, "a");
            Set<String> answered = recording.answered(cut);
            acknowledged += promised.size() + answered.size();
            try (Crew crew = new Crew(recording.cut(cut, "", random), Durability.NORMAL, RUNS + 1 + i)) {
                assertThat(crew.a.orders()).as("device, " + where(cut)).containsAll(promised);
                assertThat(crew.ordersOfServer()).as("server, " + where(cut)).containsAll(answered);
                goesOn(crew, recording, cut, promised);
            }
        }
        report("devices and server, after " + failures + " syncs of files that failed", acknowledged);
    }

    /** The test of this test: where commits are not synced, it finds what is lost. */
    @Test
    void withoutASyncPerCommitThisFindsLosses() throws Exception {
        Recording recording = record(Durability.NORMAL, "log");
        Random random = new Random(seed + 3);
        int lostByDevice = 0;
        int lostByServer = 0;
        for (int i = 0; i < 20; i++) {
            int cut = recording.anyMoment(random);
            try (Crew crew = new Crew(recording.cut(cut, "a.db", random), Durability.NORMAL, RUNS + 1 + i)) {
                lostByDevice += crew.a.orders().containsAll(recording.written(cut, "a")) ? 0 : 1;
                crew.a.assertWhole();
                Crew.assertSound(crew.a.file());
            }
            try (Crew crew = new Crew(recording.cut(cut, "server.db", random), Durability.NORMAL, RUNS + 1 + i)) {
                lostByServer += crew.ordersOfServer().containsAll(recording.answered(cut)) ? 0 : 1;
            }
        }
        System.out.println("PowerCutTest: with NORMAL durability, on purpose: of 20 states each, " + lostByDevice
                + " of the device and " + lostByServer + " of the server have lost acknowledged writes, seed " + seed);
        assertThat(lostByDevice).isPositive();
        assertThat(lostByServer).isPositive();
    }

    private void goesOn(Crew crew, Recording recording, int cut, Set<String> expected) {
        if (recording.isReady(cut)) {
            crew.a.write("after", "the cut");
            Set<String> everywhere = crew.assertConverges();
            assertThat(everywhere).as(where(cut)).contains("after").containsAll(expected);
            crew.assertEachOrderHasANumberOfItsOwn();
        }
    }

    private static Set<String> own(Crew.Member member) {
        Set<String> own = new LinkedHashSet<>(member.orders());
        own.removeIf(id -> !id.startsWith(member.name + "-"));
        return own;
    }

    private static long seen(Crew.Member member) {
        return member.number("select coalesce(max(commit_number), 0) from godwit_scope where scope = 'red'");
    }

    private String where(int cut) {
        return "cut after operation " + cut + ", seed " + seed;
    }

    private void report(String whose, long acknowledged) {
        System.out.println("PowerCutTest: power cut of the " + whose + ": " + states + " states, " + acknowledged
                + " acknowledged writes looked for, lost 0, seed " + seed);
    }

    private Recording record(Durability durability, String how) throws Exception {
        String which = durability + " " + how;
        if (!RECORDED.containsKey(which)) {
            RECORDED.put(which, recorded(durability, how));
        }
        return new Recording(RECORDED.get(which));
    }

    private List<Operation> recorded(Durability durability, String how) throws Exception {
        Path watched = Files.createDirectories(folder.resolve("watched"));
        List<Operation> operations = new ArrayList<>();
        int ended = Workload.ENDED;
        for (int run = 1; ended == Workload.ENDED && run <= RUNS; run++) {
            Path log = folder.resolve("log-" + run);
            List<String> arguments = List.of(
                    watched.toRealPath().toString(),
                    Long.toString(seed),
                    Integer.toString(STEPS),
                    durability.name(),
                    how,
                    Integer.toString(run));
            ended = FaultDisk.start(new FaultDisk(watched).recording(log), Workload.class.getName(), arguments)
                    .waitFor();
            operations.addAll(FaultLog.read(log, run));
        }
        assertThat(ended).as("how the process that is recorded ended").isIn(0, Workload.ENDED);
        return operations;
    }

    /** What was recorded, with what had been said at each moment. */
    private final class Recording {
        private final List<Operation> operations;
        private final CrashStates crash;

        Recording(List<Operation> operations) {
            this.operations = operations;
            this.crash = new CrashStates(operations);
            assertThat(operations.stream().filter(o -> o.kind() == Kind.SYNCED).count())
                    .isGreaterThan(20);
        }

        /** One in ten is while everything is being created. */
        int anyMoment(Random random) {
            int ready = 0;
            while (!operations.get(ready).text().equals("ready")) {
                ready++;
            }
            return random.nextInt(10) == 0
                    ? random.nextInt(ready)
                    : ready + 1 + random.nextInt(operations.size() - ready);
        }

        boolean isReady(int cut) {
            return said(cut).contains("ready");
        }

        private List<String> said(int cut) {
            return operations.subList(0, cut).stream()
                    .filter(operation -> operation.kind() == Kind.ACKNOWLEDGED)
                    .map(Operation::text)
                    .toList();
        }

        Set<String> written(int cut, String who) {
            return written(said(cut), who);
        }

        private Set<String> written(List<String> said, String who) {
            Set<String> ids = new LinkedHashSet<>();
            said.stream()
                    .filter(line -> line.startsWith("write " + who + " "))
                    .forEach(line -> ids.add(line.substring(8)));
            return ids;
        }

        Set<String> answered(int cut) {
            Set<String> ids = new LinkedHashSet<>();
            List<String> said = said(cut);
            for (int i = 0; i < said.size(); i++) {
                String line = said.get(i);
                if (line.startsWith("answered ")) {
                    ids.addAll(written(said.subList(0, i), line.substring(9)));
                }
            }
            return ids;
        }

        /** The power of some files goes; the others are as they are. */
        Path cut(int cut, String prefix, Random random) throws IOException {
            states++;
            Path state = Files.createDirectories(folder.resolve("state-" + states));
            for (String file : new ArrayList<>(List.of("a.db", "b.db", "server.db"))) {
                if (file.startsWith(prefix)) {
                    crash.afterPowerCut(cut, file, random, state);
                } else {
                    crash.live(cut, file, state);
                }
            }
            return state;
        }
    }
}
