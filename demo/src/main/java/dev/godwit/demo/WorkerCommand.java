package dev.godwit.demo;

import dev.godwit.cli.Subcommand;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A device that writes and syncs without end, in a process that somebody will kill: the demo and the kill test. Prints the key
 * of each row when its write has returned, so that whoever kills it knows what was acknowledged.
 */
@Command(name = "demo-worker", hidden = true)
public final class WorkerCommand implements Subcommand {
    @Parameters(index = "0")
    Path database = Path.of("");

    @Option(names = "--rows", defaultValue = "1000000")
    int rows;

    @Option(names = "--prefix", required = true)
    String prefix = "";

    @Option(names = "--sync-every", defaultValue = "5")
    int syncEvery;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        JdbcSqlite driver = new JdbcSqlite();
        Remote remote = Remote.read(driver, database.toString());
        PrintWriter out = spec.commandLine().getOut();
        try (HttpTransport transport =
                        new HttpTransport(HttpTransportOptions.of(remote.server(), remote::token, Limits.DEFAULT));
                Godwit db = Godwit.open(
                        GodwitOptions.of(database.toString(), driver).withTransport(transport))) {
            for (int i = 0; i < rows; i++) {
                String id = prefix + i;
                db.write(tx -> {
                    tx.run("insert into work_order (id, team, number, customer) values (?, 'red', ?, 'crash')", id, id);
                    tx.run("insert into line values (?, 1, 'red', 'p1', 1)", id);
                    tx.run("update part set stock = stock - 1 where id = 'p1'");
                });
                out.println(id);
                out.flush();
                if (i % syncEvery == syncEvery - 1) {
                    db.sync();
                }
            }
        }
        return 0;
    }
}
