package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.testing.FaultyTransport.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three devices and an operator edit a few long texts at once, over a network that fails, on a server that restarts and
 * forgets. At the end every device has the server's texts, whatever anybody inserted is there once, and no edits that a device
 * pulled were made on another text than its own. {@code -Dseed=…} replays one history.
 */
class TextPullLawsTest {
    private static final long HOUR = 3_600_000;
    private static final String SCHEMA =
            "create table note (id text primary key, team text scope not null, title text, body text merged_text);";
    private static final int TEXTS = 3;
    private static final int LENGTH = 20_000;
    private static final int STEPS = 90;

    @TempDir
    Path folder;

    private int edits;
    private int splices;
    private int whole;
    private int faults;
    private int staged;
    private int meanwhile;
    private int operatorEdits;
    private int restarts;

    @Test
    void devicesThatPullEditsEndWithTheServersTexts() {
        String chosen = System.getProperty("seed", "");
        int seeds = chosen.isEmpty() ? Integer.getInteger("seeds", 4) : 1;
        long first = chosen.isEmpty() ? 1 : Long.parseLong(chosen);
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                new History(seed).run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("-Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
        System.out.printf(
                "TextPullLawsTest: %d texts pulled as edits, of %d splices, %d whole, %d faults, %d stages, %d edits while an"
                        + " answer was on its way, %d operator edits, %d restarts%n",
                edits, splices, whole, faults, staged, meanwhile, operatorEdits, restarts);
        if (chosen.isEmpty()) {
            assertThat(edits).as("edits pulled").isGreaterThan(40 * seeds);
            assertThat(splices).as("splices in them").isGreaterThan(2 * edits);
            assertThat(whole).as("whole texts pulled").isGreaterThan(5 * seeds);
            assertThat(List.of(faults, staged, meanwhile, operatorEdits, restarts))
                    .as("reached")
                    .allMatch(n -> n >= seeds);
        }
    }

    private final class History {
        private final Random random;
        private final Fleet fleet;
        private final List<Fleet.Member> devices = new ArrayList<>();
        private final List<PulledTexts> pulled = new ArrayList<>();
        private final Set<String> inserted = new LinkedHashSet<>();

        History(long seed) {
            this.random = new Random(seed);
            Limits limits = TestLimits.with("pageRows", 1);
            this.fleet = new Fleet(folder.resolve("seed" + seed), SCHEMA, limits);
            fleet.server.restart(options -> options.withRetention(6 * HOUR));
            for (String name : List.of("a", "b", "c")) {
                Fleet.Member device = fleet.device(name, "red");
                devices.add(device);
                pulled.add(new PulledTexts(device, "body", limits));
            }
        }

        void run() {
            try (fleet) {
                for (int i = 0; i < TEXTS; i++) {
                    devices.get(0)
                            .run(
                                    "insert into note (id, team, body) values (?, 'red', ?)",
                                    "n" + i,
                                    TextPullTest.text(LENGTH, i));
                }
                devices.forEach(Fleet.Member::synced);
                for (int step = 0; step < STEPS; step++) {
                    step();
                }
                settle();
            }
        }

        private void step() {
            fleet.pass(random.nextInt((int) HOUR / 8));
            Fleet.Member device = devices.get(random.nextInt(devices.size()));
            int dice = random.nextInt(100);
            if (dice < 42) {
                edit(device);
            } else if (dice < 80) {
                sync(device);
            } else if (dice < 84) {
                operator();
            } else if (dice < 94) {
                many(device);
            } else if (dice < 97) {
                fleet.server.engine().forget();
            } else {
                restarts++;
                fleet.server.close();
                fleet.server.start();
            }
        }

        /** A word that nothing else holds; only such words have capitals, and nobody deletes them. */
        private String word() {
            String word = "<W" + inserted.size() + ">";
            inserted.add(word);
            return word;
        }

        private void edit(Fleet.Member device) {
            String id = "n" + (random.nextInt(3) == 0 ? random.nextInt(TEXTS) : 0);
            device.db.write(tx -> {
                for (int times = 1 + random.nextInt(3); times > 0; times--) {
                    String text = tx.query("select body from note where id = '" + id + "'")
                            .get(0)
                            .value(0)
                            .asText();
                    tx.run("update note set body = ? where id = ?", edited(text), id);
                    if (random.nextBoolean()) {
                        break;
                    }
                }
            });
        }

        private String edited(String text) {
            int at = outside(text, random.nextInt(text.length() + 1));
            int end = Math.min(text.length(), at + random.nextInt(40));
            String gone = text.substring(at, end);
            boolean keeps = gone.indexOf('<') >= 0 || gone.indexOf('>') >= 0 || random.nextInt(3) > 0;
            String comes = !keeps && random.nextBoolean() ? "" : word();
            return text.substring(0, at) + comes + text.substring(keeps ? at : end);
        }

        /** The next place that is not inside a word. */
        private int outside(String text, int place) {
            int open = text.lastIndexOf('<', place - 1);
            int close = open < 0 ? -1 : text.indexOf('>', open);
            return close >= place ? close + 1 : place;
        }

        /** Rows enough for pages that are staged. */
        private void many(Fleet.Member device) {
            device.db.write(tx -> {
                for (int i = 0; i < 8; i++) {
                    tx.run(
                            "insert or replace into note (id, team, title) values (?, 'red', ?)",
                            "o" + device.name + i,
                            "" + random.nextInt());
                }
            });
        }

        private void operator() {
            operatorEdits++;
            fleet.operator("update note set body = substr(body, 1, instr(body, ' ')) || '" + word()
                    + "' || substr(body, instr(body, ' ') + 1) where id = 'n" + random.nextInt(TEXTS) + "'");
        }

        private void sync(Fleet.Member device) {
            Fault fault = switch (random.nextInt(9)) {
                case 0 -> new Fault.RequestLost();
                case 1 -> new Fault.AnswerLost();
                case 2, 3 -> new Fault.AnswerCut(700 + random.nextInt(300));
                case 4 -> new Fault.Duplicated();
                default -> null;
            };
            faults += fault == null ? 0 : 1;
            device.transport.fail(fault);
            if (random.nextInt(3) == 0) {
                device.transport.beforeNextAnswer(() -> {
                    meanwhile++;
                    edit(device);
                    device.transport.fail(new Fault.RequestLost());
                });
            }
            SyncResult result = device.sync();
            assertThat(result.parked()).as(result.toString()).isZero();
            staged += device.one("select exists (select 1 from godwit_stage)").equals("1") ? 1 : 0;
        }

        private void settle() {
            for (int round = 0; round < 2; round++) {
                for (Fleet.Member device : devices) {
                    device.transport.fail(null);
                    device.transport.beforeNextAnswer(() -> {});
                    device.synced();
                }
            }
            String sql = "select * from note order by id";
            for (Fleet.Member device : devices) {
                assertThat(device.all(sql)).as(device.name).isEqualTo(fleet.onServer(sql));
            }
            String all = fleet.onServer("select group_concat(body) from note").get(0);
            for (String word : inserted) {
                assertThat(all.split(word, -1)).as(word).hasSize(2);
            }
            for (PulledTexts texts : pulled) {
                assertThat(texts.wantedWhole).as("edits that did not fit").isZero();
                edits += texts.edits;
                splices += texts.splices;
                whole += texts.whole;
            }
        }
    }
}
