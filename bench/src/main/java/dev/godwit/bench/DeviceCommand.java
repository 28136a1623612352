package dev.godwit.bench;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Subcommand;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A device of {@link MillionRows} in a process of its own: writes rows, syncs, and says how much heap it took. */
@Command(name = "bench-device", hidden = true)
public final class DeviceCommand implements Subcommand {
    private static final int SLICE = 10_000;

    @Parameters(index = "0")
    Path database = Path.of("");

    @Option(names = "--write", defaultValue = "0")
    int write;

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
            for (int from = 0; from < write; from += SLICE) {
                LocalWrites.write(db, Rows.make(Math.min(SLICE, write - from), 1000L + from), 1_000);
            }
            SyncResult result = db.sync();
            out.println(result);
            out.println("heap " + peakHeap() / (1 << 20) + " MiB at its peak, garbage included");
            out.flush();
            return result.isSynced() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
