package dev.godwit.simulation;

import dev.godwit.client.Commit;
import dev.godwit.client.Row;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Devices that make rows under the same few keys: of each row the model knows who made it, and what he wrote on it. Keys of one
 * table are given by people, and who comes second is refused; those of the other may be given anew by the server.
 */
final class Claims {
    static final List<String> TABLES = List.of("claim", "ticket");

    static final int KEYS = 8;

    /** What a note by somebody else begins with. */
    static final String SEEN = "seen:";

    private final Expectations expectations;
    private final boolean everybodyNotes;
    /** Who made rows under which key. */
    private final Map<String, Set<String>> makers = new HashMap<>();

    private int names;

    Claims(Expectations expectations, Plan plan) {
        this.expectations = expectations;
        this.everybodyNotes = plan.hasReturns();
    }

    /** Makes a row if the key is free, writes a note on one of the device's own, or deletes another's; says what. */
    String write(SimulatedDevice device, Random random, String team) {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        int number = random.nextInt(KEYS);
        Object key = table.equals("claim") ? "c" + number : (Object) number;
        List<Row> rows = device.db().query("select who, note from " + table + " where id = ?", key);
        if (rows.isEmpty()) {
            return make(device, table, key, team);
        }
        String who = rows.get(0).value(0).asText();
        boolean isBare = rows.get(0).value(1).isNull();
        if (everybodyNotes && !isClear(device, table, key, who)) {
            throw new Workload.NotNow();
        }
        if (everybodyNotes && isBare) {
            return noteByAnybody(device, table, key, who);
        }
        if (who.endsWith(device.name) && isBare) {
            return note(device, table, key, who);
        }
        if (random.nextInt(3) > 0) {
            throw new Workload.NotNow();
        }
        // also if the device dies over it
        expectations.replaced(who);
        Commit commit = device.db().write(tx -> tx.run("delete from " + table + " where id = ?", key));
        expectations.acknowledged(device, commit, null);
        return "deletes " + table + " " + key + " of " + who;
    }

    private String make(SimulatedDevice device, String table, Object key, String team) {
        makers.computeIfAbsent(table + " " + key, row -> new HashSet<>()).add(device.name);
        String who = "w" + names++ + device.name;
        Commit commit = device.db()
                .write(tx -> tx.run("insert into " + table + " (id, team, who) values (?, ?, ?)", key, team, who));
        expectations.acknowledged(device, commit, new Wrote.Claim(table, who, null));
        return "makes " + table + " " + key + " in " + team + ": " + who;
    }

    /** Of the maker and of a copy of his device: both write the same. */
    private String noteByAnybody(SimulatedDevice device, String table, Object key, String who) {
        String text =
                isBy(device, who.replaceAll("^w\\d+", "")) ? who + ":n" : SEEN + who + ":" + device.name + names++;
        Commit commit = device.db().write(tx -> tx.run("update " + table + " set note = ? where id = ?", text, key));
        expectations.acknowledged(device, commit, new Wrote.Note(table, who, text));
        return "notes on " + table + " " + key + ": " + text;
    }

    /**
     * Whether the row cannot be taken for one of the device's own, which was made under the same key: a restored server may have lost
     * the one that is shown, and take the other (a limitation).
     */
    private boolean isClear(SimulatedDevice device, String table, Object key, String who) {
        return isBy(device, who.replaceAll("^w\\d+", ""))
                || makers.getOrDefault(table + " " + key, Set.of()).stream().noneMatch(maker -> isBy(device, maker));
    }

    /** Of it or of the device that it is a copy of. */
    private static boolean isBy(SimulatedDevice device, String maker) {
        return device.name.startsWith(maker);
    }

    /** Takes every second key that is free here and is given anew where it is not. */
    String makeSome(SimulatedDevice device, Random random, String team) {
        StringBuilder said = new StringBuilder();
        for (int key = 0; key < KEYS; key++) {
            boolean isFree =
                    device.db().query("select 1 from ticket where id = ?", key).isEmpty();
            if (isFree && random.nextBoolean()) {
                said.append(make(device, "ticket", key, team)).append(" | ");
            }
        }
        return said.toString();
    }

    /** Notes on every second row that shows none. */
    String notes(SimulatedDevice device, Random random) {
        StringBuilder said = new StringBuilder();
        for (String table : TABLES) {
            for (Row row : device.db().query("select id, who from " + table + " where note is null order by id")) {
                Object key = table.equals("claim")
                        ? row.value(0).asText()
                        : (Object) row.value(0).asLong();
                if (random.nextBoolean()
                        && isClear(device, table, key, row.value(1).asText())) {
                    said.append(noteByAnybody(device, table, key, row.value(1).asText()))
                            .append(" | ");
                }
            }
        }
        return said.toString();
    }

    private String note(SimulatedDevice device, String table, Object key, String who) {
        String note = who + ":n";
        Commit commit = device.db().write(tx -> tx.run("update " + table + " set note = ? where id = ?", note, key));
        expectations.acknowledged(device, commit, new Wrote.Claim(table, who, note));
        return "notes on " + table + " " + key + ": " + note;
    }
}
