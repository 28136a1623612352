package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.rows.StoredNumbers;
import dev.godwit.sql.SqliteConnection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a server's file of today as the release wrote it that had format 2: its tables, its bytes. */
final class FormatTwoFile {
    private static final String ROWS = """
            create table godwit_row (
              table_id integer not null,
              key      blob not null,
              scope_id integer not null,
              commit_number integer not null,
              arrived  integer not null,
              birth    blob not null,
              deleted  integer not null,
              cells    blob not null,
              primary key (table_id, key)
            ) without rowid;
            """;

    private static final String REKEYS = """
            create temp table kept as select * from godwit_rekey;
            drop table godwit_rekey;
            create table godwit_rekey (
              device integer not null, table_id integer not null, key blob not null,
              new_key blob not null, scope_id integer not null, commit_number integer not null,
              primary key (device, table_id, key)
            ) without rowid;
            insert into godwit_rekey select device, table_id, key, new_key, scope_id, commit_number from kept;
            drop table kept;
            """;

    private static final String RECEIPTS = """
            create temp table kept as select * from godwit_receipt;
            drop table godwit_receipt;
            create table godwit_receipt (
              device integer not null, sequence integer not null, transaction_id blob not null,
              decided_at integer not null, outcome blob, applied integer not null,
              primary key (device, sequence)
            ) without rowid;
            create index godwit_receipt_id on godwit_receipt (transaction_id);
            insert into godwit_receipt select device, sequence, transaction_id, decided_at, outcome, applied from kept;
            drop table kept;
            drop table godwit_former;
            """;

    private FormatTwoFile() {}

    /** As the release wrote it that had format 3. */
    static void writeThree(SqliteConnection connection) {
        connection.execute("begin");
        connection.execute(RECEIPTS);
        connection.execute("update godwit_server set format = 3");
        connection.execute("commit");
    }

    static void write(SqliteConnection connection) {
        connection.execute("begin");
        connection.execute(RECEIPTS);
        List<Value[]> rows =
                Sql.rows(connection, "select table_id, key, scope_id, commit_number, cells from godwit_row");
        connection.execute("drop table godwit_row");
        connection.execute(ROWS);
        connection.execute("create index godwit_row_log on godwit_row (scope_id, commit_number)");
        for (Value[] row : rows) {
            long commit = row[3].asLong();
            CellGroups.Row stored = CellGroups.decode(commit, blob(row[4]));
            Sql.run(
                    connection,
                    "insert into godwit_row values (?, ?, ?, ?, ?, ?, ?, ?)",
                    row[0],
                    row[1],
                    row[2],
                    row[3],
                    Value.of(stored.since()),
                    Value.of(birth(stored)),
                    Value.of(stored.deleted() ? 1L : 0L),
                    Value.of(cells(commit, stored.cells())));
        }
        for (Value[] image : Sql.rows(connection, "select table_id, key, commit_number, cells from godwit_image")) {
            long commit = image[2].asLong();
            Sql.run(
                    connection,
                    "update godwit_image set cells = ? where table_id = ? and key = ?",
                    Value.of(cells(
                            commit, CellGroups.decode(commit, blob(image[3])).cells())),
                    image[0],
                    image[1]);
        }
        connection.execute(REKEYS);
        connection.execute("update godwit_server set format = 2");
        connection.execute("commit");
    }

    static byte[] blob(Value value) {
        return ((Value.BlobValue) value).value();
    }

    private static byte[] birth(CellGroups.Row row) {
        CellGroups.Birth birth = row.birth();
        return birth == null
                ? new byte[0]
                : ByteBuffer.allocate(24)
                        .putLong(birth.scopeId())
                        .putLong(birth.commit())
                        .putLong(birth.writer())
                        .array();
    }

    private static byte[] cells(long rowCommit, List<CellState> cells) {
        Map<CellState, BitSet> groups = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            groups.computeIfAbsent(cells.get(i), c -> new BitSet()).set(i);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StoredNumbers.writeVarint(out, cells.size());
        groups.forEach((cell, columns) -> {
            byte[] set = groups.size() == 1 ? new byte[0] : columns.toByteArray();
            StoredNumbers.writeVarint(out, set.length);
            out.writeBytes(set);
            StoredNumbers.writeVarint(out, rowCommit - cell.commit());
            StoredNumbers.writeVarint(out, cell.other() == 0 ? 0 : rowCommit - cell.other() + 1);
            StoredNumbers.writeVarint(out, cell.stamp().writer());
            StoredNumbers.writeLong(out, cell.stamp().time());
        });
        return out.toByteArray();
    }
}
