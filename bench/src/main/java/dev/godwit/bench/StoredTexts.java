package dev.godwit.bench;

import dev.godwit.bench.Pushes.Sender;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a server's file holds of the history of a text that a device has sent in many small transactions. */
final class StoredTexts {
    private static final String SCHEMA =
            "create table doc (id text primary key not null, team text scope not null, body text merged_text);";
    /** Transactions of a request: what a device has written between two syncs. */
    private static final int REQUEST = 100;

    private final Path file;
    private final Report report;
    private final TextSession session;
    private final int keystrokes;

    /** With so many edits to a transaction. */
    StoredTexts(Path folder, Report report, TextSession session, int keystrokes) {
        this.file = folder.resolve("texts.db");
        this.report = report;
        this.session = session;
        this.keystrokes = keystrokes;
    }

    void measure() throws IOException {
        Pushes.Cost cost = new Pushes.Cost(0, 0);
        long transactions;
        try (Pushes server = new Pushes(file, SCHEMA, 4)) {
            Sender sender = server.sender();
            server.push(sender, List.of(insert()), 0, 0);
            List<RowBlock> edits = edits();
            for (int from = 0; from < edits.size(); from += REQUEST) {
                List<RowBlock> part = edits.subList(from, Math.min(edits.size(), from + REQUEST));
                cost = cost.plus(server.push(sender, part, server.head(), 0));
            }
            transactions = edits.size();
            report.require(
                    sender.sent() == sender.accepted(),
                    "texts: " + sender.accepted() + " of " + sender.sent() + " transactions were accepted");
        }
        report.progress("texts: " + transactions + " transactions on the server took " + cost);
        try (SqliteConnection connection = Contents.open(file)) {
            String found =
                    Sql.rows(connection, "select body from doc").get(0)[0].asText();
            report.require(found.equals(session.text()), "texts: the server has another text");
            long loose = Sql.number(
                    connection, "select coalesce(sum(length(key) + length(splices) + 8), 0) from godwit_text");
            long blocks = Sql.number(
                    connection, "select coalesce(sum(length(key) + length(edits) + 8), 0) from godwit_text_block");
            report.add(figure("stored history, " + transactions + " transactions", loose + blocks, 75_000));
            report.add(figure("of it not packed yet", loose, Double.NaN));
            report.add(figure(
                    "pages of it",
                    Contents.bytes(connection, "godwit_text") + Contents.bytes(connection, "godwit_text_block"),
                    Double.NaN));
        }
    }

    private static Figure figure(String name, long bytes, double atMost) {
        return Figure.amount("texts: " + name, "B", (double) bytes, null, atMost);
    }

    private static RowBlock insert() {
        return new RowBlock(
                "doc",
                RowKind.INSERT,
                List.of(
                        new BlockColumn("id", ColumnRole.KEY),
                        new BlockColumn("team", ColumnRole.SET),
                        new BlockColumn("body", ColumnRole.SET)),
                List.<Value[]>of(new Value[] {Value.of("d"), Value.of(Pushes.SCOPE), Value.of("")}));
    }

    private List<RowBlock> edits() {
        List<BlockColumn> columns =
                List.of(new BlockColumn("id", ColumnRole.KEY), new BlockColumn("body", ColumnRole.EDIT));
        List<RowBlock> blocks = new ArrayList<>();
        int length = 0;
        for (int from = 0; from < session.edits().size(); from += keystrokes) {
            List<Splice> part =
                    session.edits().subList(from, Math.min(session.edits().size(), from + keystrokes));
            Value edit = new TextEdit(null, length, false, part).encode();
            blocks.add(
                    new RowBlock("doc", RowKind.UPDATE, columns, List.<Value[]>of(new Value[] {Value.of("d"), edit})));
            for (Splice splice : part) {
                length += splice.growth();
            }
        }
        return blocks;
    }
}
