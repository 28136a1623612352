package dev.godwit.demo;

import dev.godwit.cli.Subcommand;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.model.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A device in a process of its own that does what it is told on its standard input, a line at a time, and says on its standard
 * output when it is done: {@code write ID}, {@code sync}. So a test knows what another process is doing without waiting for it.
 */
@Command(name = "obedient-device", hidden = true)
public final class ObedientDevice implements Subcommand {
    @Parameters(index = "0")
    Path database = Path.of("");

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Remote remote = Remote.read(DemoDevice.DRIVER, database.toString());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintWriter out = spec.commandLine().getOut();
        try (HttpTransport transport =
                        new HttpTransport(HttpTransportOptions.of(remote.server(), remote::token, Limits.DEFAULT));
                Godwit db = Godwit.open(GodwitOptions.of(database.toString(), DemoDevice.DRIVER)
                        .withLimits(
                                Limits.DEFAULT.with("syncLockWaitMillis", 100)) // less patience for the other process
                        .withTransport(transport))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(line.equals("sync") ? sync(db) : write(db, line.substring("write ".length())));
                out.flush();
            }
        }
        return 0;
    }

    private static String write(Godwit db, String id) {
        db.write(tx -> {
            tx.run("insert into work_order (id, team, number, customer) values (?, 'red', ?, 'told')", id, id);
            tx.run("update part set stock = stock - 1 where id = 'p1'");
        });
        return "wrote " + id;
    }

    private static String sync(Godwit db) {
        try {
            return db.sync().toString();
        } catch (GodwitException busy) {
            return busy.kind() + ": " + busy.getMessage();
        }
    }
}
