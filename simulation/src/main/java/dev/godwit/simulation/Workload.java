package dev.godwit.simulation;

import dev.godwit.client.Commit;
import dev.godwit.client.Row;
import dev.godwit.client.Tx;
import dev.godwit.merge.Splice;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the applications do: random transactions on the tables of {@code fleet.sql}. */
final class Workload {
    private static final String[] TEAMS = {"red", "blue", "green"};
    private static final int ACCOUNTS = 3;
    private static final int ITEMS = 2;
    private static final int MEMOS = 2;
    private static final int KINDS_OF_OLD = 16;
    /** From this kind on a write is of what its run is about. */
    private static final int OWN = 19;

    private final Expectations expectations;
    private final Reach reach;
    private final Claims claims;
    private final Boxes boxes;
    private final int kinds;
    private final boolean strays;
    private final boolean gaps;
    private final boolean returns;
    private int names;
    private String said = "";
    private long millis;

    Workload(Expectations expectations, Absences absences, Reach reach, Plan plan) {
        this.expectations = expectations;
        this.reach = reach;
        this.claims = new Claims(expectations, plan);
        this.boxes = new Boxes(expectations, absences);
        // the runs of old, whose seeds are kept, have none of the later ones
        int later = plan.hasCopies() ? 21 : plan.hasBoxes() || plan.hasReturns() ? 9 : plan.hasGaps() ? 6 : 3;
        this.strays = plan.hasStrays();
        this.gaps = plan.hasGaps();
        this.returns = plan.hasReturns();
        this.kinds = plan.options().swarm() ? KINDS_OF_OLD + later : KINDS_OF_OLD;
    }

    static Set<String> teams() {
        return Set.of(TEAMS);
    }

    /** Rows that are there from the beginning, one transaction per scope. */
    static void begin(Tx tx, String team, Plan plan) {
        if (plan.hasBoxes()) {
            tx.run("insert into item (id, team) values (?, ?)", Boxes.id(team), team);
        }
        for (int i = 0; i < ACCOUNTS; i++) {
            tx.run("insert into account (id, team) values (?, ?)", team + "-a" + i, team);
        }
        for (int i = 0; i < ITEMS; i++) {
            tx.run(
                    "insert into item (id, team, plain, tags, notes, extra, poem, address) values (?, ?, 'p', '[1,2]',"
                            + " 'The quick brown fox', '{\"a\":1,\"b\":{\"c\":2}}', ?, 'x')",
                    team + "-i" + i,
                    team,
                    "one\ntwo\nthree\n");
        }
        for (int i = 0; i < MEMOS; i++) {
            tx.run(
                    "insert into memo (id, team, body, story) values (?, ?, ?, '')",
                    team + "-m" + i,
                    team,
                    team + ":begin" + i);
        }
        tx.run("insert into kept values (?, ?, 'a')", team + "-k", team);
    }

    /** One transaction of the application on a device; returns it in words. */
    String write(SimulatedDevice device, Random random) {
        String team = team(device, random);
        said = "";
        switch (Math.min(random.nextInt(kinds), OWN)) {
            case 0, 1, 2 -> transfer(device, random, team);
            case 3, 4 -> memo(device, random, team);
            case 5 -> story(device, random, team);
            case 6 -> several(device, random, team);
            case 7 -> reset(device, random, team);
            case 16, 17, 18 -> claim(device, random, team);
            case OWN -> theRunsOwn(device, random, team);
            default -> plainly(device, tx -> run(tx, statement(device, random, team)));
        }
        return said;
    }

    Boxes boxes() {
        return boxes;
    }

    private void claim(SimulatedDevice device, Random random, String team) {
        said = claims.write(device, random, random.nextInt(4) == 0 ? TEAMS[random.nextInt(TEAMS.length)] : team);
    }

    private void theRunsOwn(SimulatedDevice device, Random random, String team) {
        if (gaps) {
            story(device, random, team);
        } else if (returns) {
            claim(device, random, team);
        } else {
            said = boxes.write(device, random, team);
        }
    }

    Claims claims() {
        return claims;
    }

    private void run(Tx tx, String sql) {
        said += (said.isEmpty() ? "" : "; ") + sql;
        tx.run(sql);
    }

    /** A scope that the device syncs; now and then one that it does not. */
    String team(SimulatedDevice device, Random random) {
        if (random.nextInt(strays ? 5 : 30) == 0) {
            return TEAMS[random.nextInt(TEAMS.length)];
        }
        List<String> held = device.scopes.stream().sorted().toList();
        return held.get(random.nextInt(held.size()));
    }

    /** Money moves between two accounts, of one scope or of two. */
    private void transfer(SimulatedDevice device, Random random, String team) {
        String other = random.nextInt(3) == 0 ? team(device, random) : team;
        boolean across = !other.equals(team);
        String batch = team + ":b" + names++ + device.name + (across ? "/1" : "/2");
        String twin = other + batch.substring(batch.indexOf(':'));
        long amount = 1L + random.nextInt(50);
        String from = team + "-a" + random.nextInt(ACCOUNTS);
        String to = other + "-a" + random.nextInt(ACCOUNTS);
        Commit commit = device.db().write(tx -> {
            leg(tx, batch + "-", team, from, -amount, batch);
            leg(tx, twin + "+", other, to, amount, twin);
        });
        reach.count("transfers");
        said = amount + " from " + from + " to " + to + ", batch " + batch;
        if (commit.id().isPresent()) {
            expectations.acknowledged(device, commit, new Wrote.Batch(batch, twin));
        }
    }

    private static void leg(Tx tx, String id, String team, String account, long amount, String batch) {
        // without the account (its scope not here yet, or not granted) there is nothing to move
        if (!tx.query("select 1 from account where id = ?", account).isEmpty()) {
            tx.run("insert into entry values (?, ?, ?, ?, ?)", id, team, account, amount, batch);
            tx.run("update account set balance = balance + ? where id = ?", amount, account);
        } else {
            throw new NotNow();
        }
    }

    /** What time it is in the world, as nobody in it knows it. */
    void time(long now) {
        millis = now;
    }

    /** A value that no other write has, in a row that is never deleted. */
    private void memo(SimulatedDevice device, Random random, String team) {
        String id = team + "-m" + random.nextInt(MEMOS);
        String column = random.nextInt(4) == 0 ? "place" : "body";
        List<Row> rows = device.db().query("select " + column + " from memo where id = ?", id);
        if (rows.isEmpty()) {
            throw new NotNow();
        }
        String before =
                rows.get(0).value(0).isNull() ? "" : rows.get(0).value(0).asText();
        String value = team + ":" + names++ + device.name;
        // also if the device dies over it: it may have been committed
        expectations.replaced(before);
        Commit commit = device.db().write(tx -> tx.run("update memo set " + column + " = ? where id = ?", value, id));
        expectations.acknowledged(device, commit, new Wrote.Value(id, column, value, before, millis));
        said = id + " " + column + " = " + value + ", which was " + before;
    }

    /** Words that nobody deletes, typed anywhere between others' words. */
    private void story(SimulatedDevice device, Random random, String team) {
        String id = team + "-m" + random.nextInt(MEMOS);
        Story story = Story.of(device, id);
        if (!gaps) {
            type(device, random, id, story);
            return;
        }
        String before = random.nextInt(3) > 0 ? fill(device, random, id, story) + " | " : "";
        type(device, random, id, Story.of(device, id));
        said = before + said;
    }

    private void type(SimulatedDevice device, Random random, String id, Story story) {
        int at = story.somewhere(random);
        String word = "«" + names++ + device.name + "»";
        // exactly: what a comparison of two texts finds may begin in the middle of a word that begins alike
        Splice typed = new Splice(at, 0, gaps ? word + Story.GAP : word);
        boolean mixed = strays && random.nextInt(3) == 0;
        Commit commit = device.db().write(tx -> {
            tx.editText("memo", "story", List.of(typed), id);
            if (mixed) {
                run(tx, statement(device, random, id.substring(0, id.indexOf('-'))));
            }
        });
        expectations.acknowledged(device, commit, new Wrote.Word(id, word));
        said = id + " story: " + word + " at " + at + (mixed ? ", with " + said : "");
    }

    /**
     * Types a word and takes as much of a gap elsewhere away, together with something that somebody else may have made impossible:
     * then what is typed next was typed into a text that never is, and that is as long as the one that is.
     */
    private String fill(SimulatedDevice device, Random random, String id, Story story) {
        String word = "«" + names++ + device.name + "»";
        int gap = story.gapFor(word);
        if (gap < 0) {
            return "no gap";
        }
        int at = story.somewhere(random);
        Splice closed = new Splice(gap, word.length(), "");
        Splice typed = new Splice(at <= gap ? at : Math.max(gap, at - word.length()), 0, word);
        String claim = "insert or ignore into claim (id, team, who) values ('c" + random.nextInt(Claims.KEYS) + "', '"
                + id.substring(0, id.indexOf('-')) + "', 'v" + names++ + device.name + "')";
        Commit commit = device.db().write(tx -> {
            tx.editText("memo", "story", List.of(closed, typed), id);
            tx.run(claim);
        });
        expectations.acknowledged(device, commit, new Wrote.Word(id, word));
        reach.count("gaps filled");
        return id + " story: " + word + " at " + typed.at() + " for the gap at " + gap + ", with " + claim;
    }

    private void several(SimulatedDevice device, Random random, String team) {
        plainly(device, tx -> {
            for (int i = 0; i < 2 + random.nextInt(4); i++) {
                run(tx, statement(device, random, team));
            }
        });
    }

    private void reset(SimulatedDevice device, Random random, String team) {
        String id = team + "-i" + random.nextInt(ITEMS);
        plainly(device, tx -> {
            if (tx.query("select 1 from item where id = ?", id).isEmpty()) {
                throw new NotNow();
            }
            long count = random.nextInt(50);
            said = "counts the stock of " + id + ": " + count;
            tx.resetCounter("item", "stock", count, id);
        });
    }

    private void plainly(SimulatedDevice device, java.util.function.Consumer<Tx> work) {
        Commit commit = device.db().write(work);
        if (commit.id().isPresent()) {
            expectations.acknowledged(device, commit, Wrote.Extreme.of(said));
        }
    }

    /** Nothing to do: the row is not here. */
    static final class NotNow extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotNow() {
            super("nothing to do", null, false, false);
        }
    }

    /** A statement by a program that knows nothing of the engine. */
    String foreign(SimulatedDevice device, Random random) {
        if (kinds > KINDS_OF_OLD && random.nextInt(3) == 0) {
            return replacing(random, "j" + random.nextInt(5));
        }
        return statement(device, random, team(device, random));
    }

    /** Takes a code away from whatever row has it: that row goes. */
    private String replacing(Random random, String job) {
        return "update or replace job set code = " + code(random) + " where id = '" + job + "'";
    }

    /** A statement of an operator on the server. */
    String operator(Random random) {
        String team = TEAMS[random.nextInt(TEAMS.length)];
        return switch (random.nextInt(kinds == KINDS_OF_OLD ? 6 : 8)) {
            case 6, 7 -> operatorsMemo(random, team);
            case 0 ->
                "update item set notes = coalesce(notes, '') || ' op', tags = '[7]', plain = 'op" + names++
                        + "' where id = '" + team + "-i0'";
            case 1 -> "pragma foreign_keys = on; delete from job where id = 'j" + random.nextInt(5) + "'";
            case 2 ->
                "insert or ignore into job (id, team, title) values ('j" + random.nextInt(5) + "', '" + team
                        + "', 'op')";
            case 3 -> "update kept set team = '" + team + "' where id = 'k" + random.nextInt(3) + "'";
            case 4 -> "update item set stock = stock + 3 where team = '" + team + "' and id not like '%-box'";
            default -> "pragma foreign_keys = on; delete from visit where id = " + random.nextInt(4);
        };
    }

    /** A value that nobody else writes; what it takes the place of is before the operator's eyes. */
    private String operatorsMemo(Random random, String team) {
        String id = team + "-m" + random.nextInt(MEMOS);
        String value = team + ":op" + names++;
        return "update memo set body = '" + value + "' where id = '" + id + "'";
    }

    private @Nullable String code(Random random) {
        return random.nextInt(2) == 0 ? "'c" + random.nextInt(4) + "'" : "null";
    }

    private String statement(SimulatedDevice device, Random random, String team) {
        String name = names++ + device.name;
        String item = team + "-i" + random.nextInt(ITEMS);
        String job = "j" + random.nextInt(5);
        return switch (random.nextInt(25)) {
            case 0, 1, 2, 3, 4, 5, 6 -> "update item set " + assignment(random, name) + " where id = '" + item + "'";
            case 7 ->
                "insert or ignore into item (id, team, plain, notes, tags) values ('" + team + "-i2', '" + team + "', '"
                        + name + "', 'note " + name + "', '[\"" + name + "\"]')";
            case 8 -> "delete from item where id = '" + team + "-i2'";
            case 9 -> "insert or ignore into visit values (" + random.nextInt(4) + ", '" + team + "', '" + name + "')";
            case 10 ->
                "insert or ignore into line select " + random.nextInt(6) + ", team, id, '" + name
                        + "' from visit where team = '" + team + "' and id = " + random.nextInt(4);
            case 11 -> "delete from visit where id = " + random.nextInt(4);
            case 12, 13 ->
                "insert or ignore into job (id, team, title, code) values ('" + job + "', '" + team + "', '" + name
                        + "', " + code(random) + ")";
            case 14 -> "update job set title = '" + name + "' where id = '" + job + "'";
            case 15 ->
                random.nextBoolean()
                        ? "update job set starts = " + random.nextInt(9) + " where id = '" + job + "'"
                        : "update job set ends = " + random.nextInt(9) + " where id = '" + job + "' and starts <= "
                                + random.nextInt(9);
            case 16 -> replacing(random, job);
            case 17 -> "delete from job where id = '" + job + "'";
            case 18 ->
                "insert or replace into task select id || '-t', team, id, '" + name + "' from job where id = '" + job
                        + "'";
            case 19 -> "update kept set a = '" + name + "' where id in ('" + team + "-k', 'k0')";
            case 20 ->
                random.nextBoolean()
                        ? "delete from kept where id = 'k" + random.nextInt(3) + "'"
                        : "insert or ignore into kept values ('k" + random.nextInt(3) + "', '" + team + "', '" + name
                                + "')";
            case 21 -> "update kept set team = '" + team + "' where id = 'k" + random.nextInt(3) + "'";
            case 22 ->
                "insert or ignore into genre values (" + random.nextInt(5) + ", '" + name
                        + "', (select max(id) from genre))";
            case 23 -> "update job set team = '" + team + "' where id = '" + job + "'";
            default ->
                random.nextBoolean()
                        ? "delete from genre where id = " + random.nextInt(5)
                        : "update genre set name = '" + name + "' where id = " + random.nextInt(5);
        };
    }

    private static String assignment(Random random, String name) {
        int number = random.nextInt(100);
        return switch (random.nextInt(15)) {
            case 0 -> "plain = '" + name + "'";
            case 1 -> "arrival = '" + name + "'";
            case 2, 3 -> "stock = stock + " + (number - 50);
            case 4 -> "best = " + number;
            case 5 -> "least = " + (random.nextInt(8) == 0 ? "null" : String.valueOf(number));
            case 6 -> "tags = json_insert(coalesce(tags, '[]'), '$[#]', " + number % 9 + ")";
            case 7 -> "tags = json_remove(coalesce(tags, '[1]'), '$[0]')";
            case 8 ->
                "notes = substr(coalesce(notes, ''), 1, " + number % 20 + ") || '<" + name
                        + ">' || substr(coalesce(notes, ''), " + (number % 20 + 1 + random.nextInt(2)) + ")";
            case 9 ->
                "extra = json_set(coalesce(extra, '{}'), '$."
                        + List.of("a", "b.c", "b.d", "e").get(random.nextInt(4)) + "', '" + name + "')";
            case 10 -> "closed = '" + name + "'";
            case 11 ->
                "poem = replace(coalesce(poem, ''), '"
                        + List.of("one", "two", "three").get(random.nextInt(3)) + "', '"
                        + List.of("one", "two", "three").get(random.nextInt(3)) + number + "')";
            case 13 ->
                "raw = " + List.of("2.0", "2", "'2'", "x'02'", "null", "1e300").get(random.nextInt(6));
            case 12 -> "address = '" + name + "', price = " + random.nextDouble();
            default -> "status = '" + List.of("open", "assigned", "done").get(random.nextInt(3)) + "'";
        };
    }
}
