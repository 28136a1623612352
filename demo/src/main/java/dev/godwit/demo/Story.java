package dev.godwit.demo;

import dev.godwit.cli.Processes;
import dev.godwit.client.Commit;
import dev.godwit.client.Conflict;
import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The story itself: three devices and a server, told step by step. */
final class Story {
    private static final int ORDERS = 120;
    private static final String[] TABLES = {"part order by id", "work_order order by id", "line order by work_order, n"
    };

    private final Narrator tell;
    private final Processes processes;
    private final Path folder;
    private final Path schemaFile;
    private final Processes.Server server;
    private final List<DemoDevice> devices = new ArrayList<>();

    Story(Narrator tell, Processes processes, Path folder, Path schemaFile, String schema, Processes.Server server) {
        this.tell = tell;
        this.processes = processes;
        this.folder = folder;
        this.schemaFile = schemaFile;
        this.server = server;
        for (String name : List.of("ann", "bob", "eve")) {
            devices.add(new DemoDevice(name, folder.resolve(name + ".db"), schema, server));
        }
    }

    void tell() throws IOException, InterruptedException {
        DemoDevice ann = devices.get(0);
        DemoDevice bob = devices.get(1);
        DemoDevice eve = devices.get(2);
        airplaneMode(ann, bob, eve);
        firstMeeting(ann, bob, eve);
        sameRow(ann, bob);
        stock(ann, bob, eve);
        refusal(ann, bob);
        operator(bob);
        crash(eve);
        serverCrash(ann);
        quiet(ann);
        everything();
    }

    private void airplaneMode(DemoDevice ann, DemoDevice bob, DemoDevice eve) {
        tell.step("R1 R2 R3 R5", "Airplane mode: three devices write without a server in reach");
        ann.write("insert into part values ('p1', 'filter', 1000), ('p2', 'valve', 500)");
        for (DemoDevice device : List.of(ann, bob, eve)) {
            for (int i = 0; i < ORDERS; i++) {
                order(device, device.name() + "-" + i);
            }
            tell.say(device.name() + " has made " + ORDERS + " work orders, each with two lines in one transaction; "
                    + device.db().status().pending() + " transactions wait");
            tell.check(
                    device.name() + " reads its own work at once, without the network",
                    device.number("select count(*) from work_order") == ORDERS);
        }
    }

    private static void order(DemoDevice device, String id) {
        device.db().write(tx -> {
            tx.run(
                    "insert into work_order (id, team, number, customer) values (?, 'red', ?, 'customer')",
                    id,
                    "W-" + id);
            tx.run("insert into line values (?, 1, 'red', null, 1), (?, 2, 'red', null, 3)", id, id);
        });
    }

    private void firstMeeting(DemoDevice ann, DemoDevice bob, DemoDevice eve) {
        tell.step("R4 R6 R7 R8 R26 R27", "The network is back: everybody syncs");
        for (DemoDevice device : List.of(ann, bob, eve, ann, bob)) {
            SyncResult result = device.sync();
            tell.say(device.name() + " " + result);
        }
        tell.check("360 work orders with 720 lines reached every device", same());
        tell.check(
                "the outboxes are empty",
                devices.stream().allMatch(d -> d.db().outbox().isEmpty()));
        tell.check("the server has them in plain tables", onServer("select count(*) from line") == 3L * ORDERS * 2);
    }

    private void sameRow(DemoDevice ann, DemoDevice bob) throws InterruptedException {
        tell.step("R8 R9", "Ann and Bob edit the same order offline: different fields, and the same field");
        ann.write("update work_order set notes = 'ring twice', customer = 'Ann says' where id = 'eve-7'");
        Thread.sleep(100);
        bob.write("update work_order set status = 'assigned', customer = 'Bob says' where id = 'eve-7'");
        ann.sync();
        SyncResult second = bob.sync();
        ann.sync();
        String row = ann.one("select notes || ', ' || status || ', ' || customer from work_order where id = 'eve-7'");
        tell.say("both now read: " + row);
        tell.check("edits of different fields are both kept", row.startsWith("ring twice, assigned"));
        tell.check("of the same field the later write stays", row.endsWith("Bob says") && second.isSynced());
        tell.check("both devices show the same", same());
        inbox(ann);
    }

    private void inbox(DemoDevice ann) {
        List<Conflict> lost = ann.db().inbox().conflicts().stream()
                .filter(c -> c.mine().equals(Value.of("Ann says")))
                .toList();
        ann.db().explain("work_order", "customer", "eve-7").forEach(tell::say);
        tell.check(
                "what Ann wrote is in her conflict inbox, with what it lost to",
                lost.size() == 1 && lost.get(0).theirs().equals(Value.of("Bob says")));
        lost.forEach(c -> ann.db().inbox().takeMine(c.id()));
        ann.sync();
        tell.check(
                "she takes hers, which is a write like any other: everybody has it",
                same() && onServer("select count(*) from work_order where customer = 'Ann says'") == 1);
    }

    private void stock(DemoDevice ann, DemoDevice bob, DemoDevice eve) {
        tell.step("R6 R11", "A counter: three devices take filters from the same stock, offline, with plain UPDATE");
        long before = onServer("select stock from part where id = 'p1'");
        for (DemoDevice device : List.of(ann, bob, eve)) {
            for (int i = 0; i < 10; i++) {
                device.write("update part set stock = stock - 3 where id = 'p1'");
            }
        }
        syncAll();
        long after = onServer("select stock from part where id = 'p1'");
        tell.say("stock was " + before + " and is " + after);
        tell.check("none of the thirty withdrawals is lost or counted twice", after == before - 90);
        tell.check("every device shows it", same());
    }

    private void refusal(DemoDevice ann, DemoDevice bob) {
        tell.step(
                "R7 R29 R31 R32",
                "Bob uses an order number that Ann has used: the server refuses one, and nothing else waits");
        ann.write("insert into work_order (id, team, number, customer) values ('x1', 'red', 'W-1001', 'first')");
        ann.sync();
        Commit bad = bob.db()
                .write(
                        tx -> tx.run(
                                "insert into work_order (id, team, number, customer) values ('x2', 'red', 'W-1001', 'second')"));
        bob.write("update work_order set notes = 'goes on' where id = 'bob-1'");
        bob.sync();
        List<OutboxEntry> outbox = bob.db().outbox();
        tell.say("bob's outbox: " + (outbox.isEmpty() ? "empty" : outbox.get(0).reason()));
        tell.check(
                "the refused transaction is parked with its reason",
                outbox.size() == 1 && outbox.get(0).status().equals("parked"));
        tell.check(
                "the one behind it got through",
                onServer("select count(*) from work_order where id = 'bob-1' and notes = 'goes on'") == 1);
        tell.check(
                "bob's view went back to the server's",
                bob.number("select count(*) from work_order where id = 'x2'") == 0);
        bob.db().retry(bad.id().orElseThrow(), row -> {
            row.replace("number", Value.of("W-1002"));
            return row;
        });
        bob.sync();
        tell.check(
                "repaired with another number and retried, it is accepted",
                onServer("select count(*) from work_order where number = 'W-1002'") == 1
                        && bob.db().outbox().isEmpty());
    }

    private void operator(DemoDevice bob) {
        tell.step("R8", "Somebody corrects a row on the server with plain SQL");
        try (SqliteConnection sql = serverDatabase(false)) {
            Sql.run(sql, "update work_order set customer = 'corrected by hand' where id = 'ann-3'");
        }
        bob.sync();
        tell.check(
                "it reaches the devices",
                bob.one("select customer from work_order where id = 'ann-3'").equals("corrected by hand"));
    }

    private void crash(DemoDevice eve) throws IOException, InterruptedException {
        tell.step("R2 R5 R6", "Eve's device is killed in the middle of writing and syncing (kill -9)");
        syncAll();
        long stock = onServer("select stock from part where id = 'p1'");
        eve.stop();
        Process worker = processes.start(
                List.of("demo-worker", eve.file().toString(), "--prefix", "crash-", "--sync-every", "7"));
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                acknowledged.add(line);
                if (acknowledged.size() == 60) {
                    worker.toHandle().destroyForcibly();
                }
            }
        }
        worker.waitFor(10, TimeUnit.SECONDS);
        eve.restart();
        long kept = eve.number("select count(*) from work_order where id like 'crash-%'");
        tell.say(acknowledged.size() + " writes were acknowledged before the kill, " + kept + " are there after it");
        tell.check("no acknowledged write is lost", kept >= acknowledged.size());
        syncAll();
        long arrived = onServer("select count(*) from work_order where id like 'crash-%'");
        tell.check("each reached the server exactly once", arrived == kept);
        tell.check(
                "and its withdrawals counted exactly once",
                onServer("select stock from part where id = 'p1'") == stock - kept);
        tell.check(
                "every order came with its line",
                onServer("select count(*) from line where work_order like 'crash-%'") == kept);
    }

    private void serverCrash(DemoDevice ann) throws IOException, InterruptedException {
        tell.step("R5 R18 R31", "The server is killed too (kill -9), and started again on the same files");
        server.process().destroyForcibly().waitFor();
        ann.write("update work_order set notes = 'written while the server was down' where id = 'ann-1'");
        SyncResult offline = ann.sync();
        tell.say("ann " + offline);
        tell.check("a sync says so, and keeps what is pending", !offline.isSynced() && offline.pending() == 1);
        int port = java.net.URI.create(server.address()).getPort();
        processes.serve(schemaFile, folder.resolve("server"), "red,shared", port);
        SyncResult online = ann.sync();
        tell.say("ann " + online);
        tell.check("the next one brings it over", online.isSynced() && online.sent() == 1);
    }

    private void quiet(DemoDevice ann) {
        tell.step("R8", "Nothing has changed");
        syncAll();
        SyncResult result = ann.sync();
        tell.say(result.requests() + " request, " + result.bytesUp() + " bytes up, " + result.bytesDown() + " down");
        tell.check("that costs one small request", result.requests() == 1 && result.bytesDown() < 300);
    }

    private void everything() {
        tell.step("R11", "The end: every database is compared, row by row");
        syncAll();
        tell.check("the server and all three devices hold the same rows", same());
        tell.check(
                "and all four are sound",
                devices.stream()
                        .allMatch(d -> d.one("pragma integrity_check").equals("ok")
                                && d.rows("pragma foreign_key_check").isEmpty()));
    }

    private void syncAll() {
        for (int round = 0; round < 2; round++) {
            for (DemoDevice device : devices) {
                device.sync();
            }
        }
    }

    private boolean same() {
        for (DemoDevice device : devices) {
            device.sync();
        }
        for (String table : TABLES) {
            List<String> expected = serverRows("select * from " + table);
            for (DemoDevice device : devices) {
                if (!device.rows("select * from " + table).equals(expected)) {
                    tell.say(device.name() + " differs from the server in " + table.substring(0, table.indexOf(' ')));
                    return false;
                }
            }
        }
        return true;
    }

    private SqliteConnection serverDatabase(boolean reading) {
        SqliteOptions options =
                SqliteOptions.of(folder.resolve("server").resolve("server.db").toString());
        return DemoDevice.DRIVER.open(reading ? options.reading() : options);
    }

    private List<String> serverRows(String sql) {
        try (SqliteConnection connection = serverDatabase(true)) {
            return Sql.rows(connection, sql).stream()
                    .map(row -> Arrays.asList(row).toString())
                    .toList();
        }
    }

    private long onServer(String sql) {
        try (SqliteConnection connection = serverDatabase(true)) {
            return Sql.number(connection, sql);
        }
    }

    void close() {
        devices.forEach(DemoDevice::close);
    }
}
