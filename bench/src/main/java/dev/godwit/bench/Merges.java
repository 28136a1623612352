package dev.godwit.bench;

import dev.godwit.bench.Pushes.Sender;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What it costs to push writes of a column to a server where another device has written the same cells meanwhile, beside the
 * same push where nobody has: once newer than what they meet, so that each is written and what it beats goes to the inbox, and
 * once older, so that each is lost.
 */
final class Merges {
    private static final int BATCH = 1_000;
    private static final int WARM_UP = 1;
    private static final long MINUTE = 60_000;

    private final Path folder;
    private final Report report;
    private final int rounds;
    private final List<Object[]> rows;
    private final List<Pushes.Cost> newer = new ArrayList<>();
    private final List<Pushes.Cost> older = new ArrayList<>();
    private final List<Pushes.Cost> alone = new ArrayList<>();
    private Path quiet = Path.of("");
    private Path changed = Path.of("");
    private long base;

    Merges(Path folder, Report report, int rounds, List<Object[]> rows) {
        this.folder = folder;
        this.report = report;
        this.rounds = rounds;
        this.rows = rows;
    }

    void measure() throws IOException {
        prepare();
        for (int round = 0; round < WARM_UP + rounds; round++) {
            report.progress("merges: round " + (round + 1) + " of " + (WARM_UP + rounds));
            Pushes.Cost nobody = push(quiet, 5 * MINUTE, "mine", 0);
            Pushes.Cost wins = push(changed, 5 * MINUTE, "mine", rows.size());
            Pushes.Cost loses = push(changed, 15 * MINUTE, "theirs", rows.size());
            report.progress("merges: alone " + nobody + ", newer " + wins + ", older " + loses);
            if (round >= WARM_UP) {
                alone.add(nobody);
                newer.add(wins);
                older.add(loses);
            }
        }
        report("newer, each is written", newer);
        report("older, each is lost", older);
    }

    /** The processors' time counts: the clock's has the disk and whoever else is there in it. */
    private void report(String which, List<Pushes.Cost> met) {
        String name = rows.size() + " met writes, " + which;
        report.add(Figure.ratio(
                name + ": CPU", samples(met, Pushes.Cost::processor), samples(alone, Pushes.Cost::processor), 1.3));
        report.add(Figure.ratio(
                name + ": time", samples(met, Pushes.Cost::seconds), samples(alone, Pushes.Cost::seconds), Double.NaN));
    }

    private static Samples samples(List<Pushes.Cost> costs, ToDoubleFunction<Pushes.Cost> what) {
        return new Samples(costs.stream().mapToDouble(what).boxed().toList());
    }

    /** Two servers with the rows; on one of them, a device has changed every cell. */
    private void prepare() throws IOException {
        quiet = folder.resolve("quiet.db");
        changed = folder.resolve("changed.db");
        try (Pushes server = new Pushes(quiet, Rows.SCHEMA, 1)) {
            Sender maker = server.sender();
            server.push(maker, inserts(), 0, 0);
            require(maker);
            base = server.head();
        }
        Files.copy(quiet, changed);
        try (Pushes server = new Pushes(changed, Rows.SCHEMA, 2)) {
            server.now += 10 * MINUTE;
            Sender other = server.sender();
            server.push(other, writes("theirs"), base, 0);
            require(other);
        }
    }

    /** Pushes to a copy of a server; says what it took and checks who has won, and how many conflicts there were. */
    private Pushes.Cost push(Path prepared, long age, String winner, int conflicts) throws IOException {
        Path here = Files.createTempDirectory(folder, "merges").resolve("server.db");
        Files.copy(prepared, here);
        Pushes.Cost cost;
        try (Pushes server = new Pushes(here, Rows.SCHEMA, 3)) {
            server.now += 20 * MINUTE;
            Sender sender = server.sender();
            cost = server.push(sender, writes("mine"), base, age);
            require(sender);
        }
        try (SqliteConnection connection = Contents.open(here)) {
            verify(connection, winner, rows.size());
            long kept = Sql.number(connection, "select count(*) from godwit_conflict where state = 'decided'");
            report.require(
                    kept == Math.min(Limits.DEFAULT.conflictsKept(), conflicts),
                    "merges: the inbox has " + kept + " decided conflicts");
        }
        Files.delete(here);
        return cost;
    }

    private void verify(SqliteConnection connection, String status, long wanted) {
        long found = Sql.number(connection, "select count(*) from work_order where status = ?", Value.of(status));
        report.require(found == wanted, "merges: " + found + " rows say '" + status + "', not " + wanted);
    }

    private void require(Sender sender) {
        report.require(
                sender.sent() == sender.accepted(),
                "merges: " + sender.accepted() + " of " + sender.sent() + " transactions were accepted");
    }

    private List<RowBlock> inserts() {
        List<BlockColumn> columns = new ArrayList<>();
        for (String name : Rows.COLUMNS) {
            columns.add(new BlockColumn(name, columns.isEmpty() ? ColumnRole.KEY : ColumnRole.SET));
        }
        List<Value[]> values = rows.stream()
                .map(row -> Arrays.stream(row).map(Merges::value).toArray(Value[]::new))
                .toList();
        return blocks(RowKind.INSERT, columns, values);
    }

    /** As a device says it: what is written, and what that replaced. */
    private List<RowBlock> writes(String status) {
        List<BlockColumn> columns = List.of(
                new BlockColumn("id", ColumnRole.KEY),
                new BlockColumn("status", ColumnRole.SET),
                new BlockColumn("status", ColumnRole.BASE));
        List<Value[]> values = rows.stream()
                .map(row -> new Value[] {value(row[0]), Value.of(status), value(row[3])})
                .toList();
        return blocks(RowKind.UPDATE, columns, values);
    }

    private static List<RowBlock> blocks(RowKind kind, List<BlockColumn> columns, List<Value[]> values) {
        List<RowBlock> blocks = new ArrayList<>();
        for (int from = 0; from < values.size(); from += BATCH) {
            blocks.add(new RowBlock(
                    "work_order", kind, columns, values.subList(from, Math.min(values.size(), from + BATCH))));
        }
        return blocks;
    }

    private static Value value(Object value) {
        if (value instanceof String text) {
            return Value.of(text);
        }
        if (value instanceof Long number) {
            return Value.of(number);
        }
        return value instanceof Double real ? Value.of(real) : Value.NULL;
    }
}
