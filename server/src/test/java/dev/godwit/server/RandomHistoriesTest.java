package dev.godwit.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Outcome;
import dev.godwit.model.RowBlock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices that keep to the protocol end with the server's rows, whatever they do, whoever loses an answer: own writes that are
 * left out included. {@code -Dseed=…} replays one history.
 */
class RandomHistoriesTest {
    private static final String SCHEMA = """
            create table job (id text primary key, team text scope not null, title text, note text, stock integer counter not null default 0);
            """;

    @TempDir
    Path folder;

    private int applied;
    private int lost;
    private int refused;
    private int lostAnswers;
    private int operatorWrites;
    private int restarts;

    @Test
    void everyDeviceEndsWithTheServersRows() {
        String chosen = System.getProperty("seed", "");
        long first = chosen.isEmpty() ? 1 : Long.parseLong(chosen);
        long last = chosen.isEmpty() ? 12 : first;
        for (long seed = first; seed <= last; seed++) {
            try (TestServer server = new TestServer(folder.resolve(seed + ".db"), SCHEMA)) {
                run(server, new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("-Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
        if (chosen.isEmpty()) {
            assertThat(List.of(applied, lost, refused, lostAnswers, operatorWrites, restarts))
                    .as("reached")
                    .allMatch(n -> n > 10);
        }
    }

    private void run(TestServer server, Random random) {
        List<TestDevice> devices = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            devices.add(new TestDevice(server, "user" + i, "red"));
        }
        for (int step = 0; step < 120; step++) {
            server.now += 10;
            devices.forEach(d -> d.elapsed += 10);
            step(server, devices.get(random.nextInt(3)), random);
        }
        for (int round = 0; round < 2; round++) {
            devices.forEach(this::sync);
        }
        List<String> stored = server.rows("select id, title, note, stock from job order by quote(id)");
        for (TestDevice device : devices) {
            assertThat(device.tables.getOrDefault("job", java.util.Map.of()).values().stream()
                            .map(r -> "[" + r.get("id") + ", " + r.get("title") + ", " + r.get("note") + ", "
                                    + r.get("stock") + "]")
                            .toList())
                    .isEqualTo(stored);
        }
    }

    private void step(TestServer server, TestDevice device, Random random) {
        int dice = random.nextInt(100);
        if (dice < 55) {
            device.write(change(device, random));
        } else if (dice < 80) {
            sync(device);
        } else if (dice < 90) {
            lostAnswers++;
            device.exchange(device.request(device.pending));
        } else if (dice < 97) {
            operatorWrites++;
            server.operator("update job set title = 'hand" + random.nextInt(1000) + "' where id = 'j"
                    + random.nextInt(6) + "'; delete from job where id = 'j" + random.nextInt(60) + "'");
        } else {
            restarts++;
            server.restart();
        }
    }

    private static RowBlock change(TestDevice device, Random random) {
        String id = "j" + random.nextInt(6);
        boolean here = !device.cell("job", id, "id").equals("no row");
        int value = random.nextInt(1000);
        if (!here) {
            return TestDevice.insert("job", "id", id, "team", "red", "title", "t" + value, "note", "n", "stock", 0);
        }
        return switch (random.nextInt(5)) {
            case 0 -> TestDevice.delete("job", id);
            case 1 -> TestDevice.update("job", "id", id, "+stock", value);
            case 2 -> TestDevice.update("job", "id", id, "title", "t" + value, "note", "m" + value);
            default -> TestDevice.update("job", "id", id, "title", "t" + value);
        };
    }

    private void sync(TestDevice device) {
        for (Outcome outcome : device.sync()) {
            if (outcome instanceof Outcome.Applied done) {
                applied++;
                lost += done.lost().size();
            } else {
                refused++;
            }
        }
    }
}
