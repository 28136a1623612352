package dev.godwit.simulation;

import dev.godwit.client.Commit;
import dev.godwit.client.Row;
import java.util.List;
import java.util.Random;

/**
 * Devices that make rows under the same few keys: of each row the model knows who made it, and what he wrote on it. Keys of one
 * table are given by people, and who comes second is refused; those of the other may be given anew by the server.
 */
final class Claims {
    static final List<String> TABLES = List.of("claim", "ticket");

    private static final int KEYS = 8;

    private final Expectations expectations;
    private int names;

    Claims(Expectations expectations) {
        this.expectations = expectations;
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
        if (who.endsWith(device.name) && rows.get(0).value(1).isNull()) {
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
        String who = "w" + names++ + device.name;
        Commit commit = device.db()
                .write(tx -> tx.run("insert into " + table + " (id, team, who) values (?, ?, ?)", key, team, who));
        expectations.acknowledged(device, commit, new Wrote.Claim(table, who, null));
        return "makes " + table + " " + key + " in " + team + ": " + who;
    }

    private String note(SimulatedDevice device, String table, Object key, String who) {
        String note = who + ":n";
        Commit commit = device.db().write(tx -> tx.run("update " + table + " set note = ? where id = ?", note, key));
        expectations.acknowledged(device, commit, new Wrote.Claim(table, who, note));
        return "notes on " + table + " " + key + ": " + note;
    }
}
