package dev.godwit.simulation;

import dev.godwit.client.Commit;
import dev.godwit.client.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Items of which only this keeps the stock and the tags: what is counted and recounted, and elements that come into a set and
 * leave it. Each delta is another power of two and each recount a greater one, so a stock tells which of them are in it.
 */
final class Boxes {
    /** What is at least a recount; below it are the deltas. */
    static final long RECOUNT = 1L << 40;

    private static final int DELTAS = 40;
    private static final int RECOUNTS = 21;
    private static final int ELEMENTS = 2;
    private static final String EVERYBODY = "all:";

    private final Expectations expectations;
    private final Absences absences;
    private final Map<String, Numbers> boxes = new HashMap<>();

    /** The deltas and recounts of one box so far. */
    private static final class Numbers {
        int deltas;
        int recounts;
    }

    Boxes(Expectations expectations, Absences absences) {
        this.expectations = expectations;
        this.absences = absences;
    }

    static String id(String team) {
        return team + "-box";
    }

    /** Counts, recounts, puts an element in or takes one out; says what. */
    String write(SimulatedDevice device, Random random, String team) {
        shown(device, team);
        return random.nextBoolean() ? count(device, random, team) : element(device, random, team);
    }

    private static long shown(SimulatedDevice device, String team) {
        List<Row> rows = device.db().query("select stock from item where id = ?", id(team));
        if (rows.isEmpty()) {
            throw new Workload.NotNow();
        }
        return rows.get(0).value(0).asLong();
    }

    /** Adds to the stock of a box, or counts it anew. */
    String count(SimulatedDevice device, Random random, String team) {
        String id = id(team);
        long shown = shown(device, team);
        Numbers box = boxes.computeIfAbsent(id, one -> new Numbers());
        boolean isRecount = random.nextInt(3) == 0;
        if (isRecount ? box.recounts == RECOUNTS : box.deltas == DELTAS) {
            throw new Workload.NotNow();
        }
        expectations.attempted(id);
        long value = isRecount ? RECOUNT << box.recounts++ : 1L << box.deltas++;
        Commit commit = device.db().write(tx -> {
            if (isRecount) {
                tx.resetCounter("item", "stock", value, id);
            } else {
                tx.run("update item set stock = stock + ? where id = ?", value, id);
            }
        });
        expectations.acknowledged(
                device, commit, isRecount ? new Wrote.Recount(id, value, shown) : new Wrote.Delta(id, value));
        return (isRecount ? "recounts " : "adds to ") + id + ": " + value + ", which was " + shown;
    }

    /** Some elements are one device's, which alone puts them in; the others are everybody's. */
    String element(SimulatedDevice device, Random random, String team) {
        String id = id(team);
        shown(device, team);
        List<String> held = held(device, id);
        if (held.isEmpty() || random.nextInt(3) == 0) {
            String element = (random.nextBoolean() ? device.name + ":" : EVERYBODY) + random.nextInt(ELEMENTS);
            if (held.contains(element)) {
                throw new Workload.NotNow();
            }
            return put(device, id, element);
        }
        String element = held.get(random.nextInt(held.size()));
        String said = take(device, id, element);
        return mayPut(device, element) && random.nextBoolean() ? said + " | " + put(device, id, element) : said;
    }

    private static List<String> held(SimulatedDevice device, String id) {
        return device.db().query("select value from item, json_each(tags) where item.id = ? order by 1", id).stream()
                .map(row -> row.value(0).asText())
                .toList();
    }

    private static boolean mayPut(SimulatedDevice device, String element) {
        return element.startsWith(EVERYBODY) || element.startsWith(device.name + ":");
    }

    /** Takes an element out that another device has put in or may have. */
    String takeFrom(SimulatedDevice device, Random random, String team, SimulatedDevice other) {
        List<String> others = held(device, id(team)).stream()
                .filter(element -> mayPut(other, element))
                .toList();
        if (others.isEmpty()) {
            throw new Workload.NotNow();
        }
        return take(device, id(team), others.get(random.nextInt(others.size())));
    }

    /** Puts all in anew that is the device's own or everybody's. */
    String renew(SimulatedDevice device, String team) {
        StringBuilder said = new StringBuilder();
        for (String element : held(device, id(team))) {
            if (mayPut(device, element)) {
                said.append(take(device, id(team), element)).append(" | ");
                said.append(put(device, id(team), element)).append(" | ");
            }
        }
        return said.toString();
    }

    private String put(SimulatedDevice device, String id, String element) {
        write(
                device,
                new Wrote.Element(id, element, true),
                "update item set tags = json_insert(coalesce(tags, '[]'), '$[#]', ?) where id = ?");
        return "puts " + element + " into " + id;
    }

    private String take(SimulatedDevice device, String id, String element) {
        Wrote.Element taken = new Wrote.Element(id, element, false);
        absences.takes(device.name, taken.box());
        write(
                device,
                taken,
                "update item set tags = (select json_group_array(value) from json_each(tags) where value <> ?)"
                        + " where id = ?");
        return "takes " + element + " out of " + id;
    }

    private void write(SimulatedDevice device, Wrote.Element wrote, String sql) {
        expectations.attempted(wrote.box());
        Commit commit = device.db().write(tx -> tx.run(sql, wrote.element(), wrote.id()));
        expectations.acknowledged(device, commit, wrote);
    }
}
