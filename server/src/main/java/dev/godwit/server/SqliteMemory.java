package dev.godwit.server;

import dev.godwit.merge.Seen.Former;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.BlockBuilder;
import dev.godwit.rows.KeyCodec;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteStatement;
import dev.godwit.wire.Changes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The memory of merging on SQLite. */
final class SqliteMemory implements StoreMemory {
    private final SqliteStatements sql;
    private final SqliteTexts texts;

    SqliteMemory(SqliteStatements sql) {
        this.sql = sql;
        this.texts = new SqliteTexts(sql);
    }

    private Value table(Table table) {
        return Value.of(sql.id(table));
    }

    private static Value key(Key key) {
        return Value.of(SqliteStatements.bytes(key));
    }

    /** The first row of a query, or null. */
    private Value @Nullable [] first(String query, int width, Value... parameters) {
        SqliteStatement select = sql.statement(query);
        Sql.bindAll(select, 1, Arrays.asList(parameters));
        try {
            return select.step() ? Sql.values(select, 0, width) : null;
        } finally {
            select.reset();
        }
    }

    private static byte[] blob(Value value) {
        return ((Value.BlobValue) value).value();
    }

    @Override
    public Value of(Table table, Key key, int column) {
        Value[] found = first(
                "select memory from godwit_memory where table_id = ? and key = ? and place = ?",
                1,
                table(table),
                key(key),
                Value.of((long) column));
        return found == null ? Value.NULL : found[0];
    }

    @Override
    public void keep(Table table, Key key, int column, Value memory) {
        if (memory.isNull()) {
            sql.run(
                    "delete from godwit_memory where table_id = ? and key = ? and place = ?",
                    table(table),
                    key(key),
                    Value.of((long) column));
        } else {
            sql.run(
                    "insert or replace into godwit_memory (table_id, key, place, memory) values (?, ?, ?, ?)",
                    table(table),
                    key(key),
                    Value.of((long) column),
                    memory);
        }
    }

    @Override
    public void forget(Table table, Key key) {
        sql.run("delete from godwit_memory where table_id = ? and key = ?", table(table), key(key));
        texts.forgetAll(table(table), key(key));
        forgetImage(table, key);
    }

    @Override
    public void keepImage(Table table, Key key, long commit, Image image) {
        BlockBuilder block = new BlockBuilder();
        block.addWhole(table, image.row());
        sql.run(
                "insert or replace into godwit_image (table_id, key, commit_number, row, cells) values (?, ?, ?, ?, ?)",
                table(table),
                key(key),
                Value.of(commit),
                Value.of(Changes.encode(block.build())),
                Value.of(CellGroups.encode(commit, CellGroups.Row.of(image.cells()))));
    }

    @Override
    public @Nullable Image image(Table table, Key key) {
        Value[] found = first(
                "select commit_number, row, cells from godwit_image where table_id = ? and key = ?",
                3,
                table(table),
                key(key));
        return found == null
                ? null
                : new Image(
                        row(table, blob(found[1])),
                        CellGroups.decode(found[0].asLong(), blob(found[2])).cells());
    }

    /** The row of a block; a column that was added since is NULL. */
    private static Value[] row(Table table, byte[] encoded) {
        Value[] row = new Value[table.columns().size()];
        Arrays.fill(row, Value.NULL);
        RowBlock block = Changes.decode(encoded, Limits.DEFAULT.with("valueBytes", Integer.MAX_VALUE))
                .get(0);
        for (int i = 0; i < block.columns().size(); i++) {
            int place = table.columnIndex(block.columns().get(i).name()).orElse(-1);
            if (place >= 0) {
                row[place] = block.rows().get(0)[i];
            }
        }
        return row;
    }

    @Override
    public void forgetImage(Table table, Key key) {
        sql.run("delete from godwit_image where table_id = ? and key = ?", table(table), key(key));
    }

    private SqliteTexts.Text text(Table table, Key key, int column) {
        return SqliteTexts.text(sql, table, key, column);
    }

    @Override
    public List<LoggedEdit> edits(Table table, Key key, int column, long above) {
        return texts.above(text(table, key, column), above);
    }

    @Override
    public void append(Table table, Key key, int column, LoggedEdit edit) {
        texts.append(text(table, key, column), edit);
    }

    @Override
    public void forgetEdits(Table table, Key key, int column, long upTo) {
        texts.forget(text(table, key, column), upTo);
    }

    @Override
    public List<Former> formers(long device, String scope) {
        return sql.formers(device, scope);
    }

    @Override
    public void keepFormer(long device, String scope, Former former) {
        sql.run(
                "insert into godwit_former (device, scope_id, former, commit_number) values (?, ?, ?, ?)"
                        + " on conflict do update set commit_number = max(commit_number, excluded.commit_number)",
                Value.of(device),
                Value.of(sql.scopeId(scope)),
                Value.of(former.writer()),
                Value.of(former.upTo()));
    }

    @Override
    public boolean hasRekeys(long device) {
        return first("select 1 from godwit_rekey where device = ? limit 1", 1, Value.of(device)) != null;
    }

    @Override
    public @Nullable Rekey rekey(long device, Table table, Key key) {
        Value[] found = first(
                "select new_key, sequence from godwit_rekey where device = ? and table_id = ? and key = ?",
                2,
                Value.of(device),
                table(table),
                key(key));
        return found == null ? null : new Rekey(KeyCodec.decode(blob(found[0])), found[1].asLong());
    }

    @Override
    public void keepRekey(long device, Table table, Key key, Key now, long sequence) {
        sql.run(
                "insert or replace into godwit_rekey (device, table_id, key, new_key, scope_id, commit_number, sequence)"
                        + " values (?, ?, ?, ?, 0, 0, ?)",
                Value.of(device),
                table(table),
                key(key),
                key(now),
                Value.of(sequence));
    }

    @Override
    public void forgetRekeys(long device, long confirmed) {
        sql.run("delete from godwit_rekey where device = ? and sequence <= ?", Value.of(device), Value.of(confirmed));
    }

    @Override
    public long freshKey(Table table, long above) {
        String column = table.columns().get(table.key().get(0)).name();
        long highest = sql.number("select coalesce(max(" + Sql.name(column) + "), 0) from " + Sql.name(table.name()));
        // within one transaction the rows before it are not written yet
        long given = sql.number("select coalesce(max(last), 0) from godwit_fresh_key where table_id = ?", table(table));
        long fresh = Math.addExact(Math.max(above, Math.max(highest, given)), 1);
        sql.run(
                "insert or replace into godwit_fresh_key (table_id, last) values (?, ?)",
                table(table),
                Value.of(fresh));
        return fresh;
    }

    @Override
    public long undecided(String scope) {
        return sql.number(
                "select count(*) from " + ConflictTable.NAME + " where state = '" + ConflictTable.UNDECIDED
                        + "' and scope = ?",
                Value.of(scope));
    }

    @Override
    public List<Key> decidedBefore(String scope, int newest) {
        // those that a rule has decided have the names of places in the ring
        SqliteStatement select = sql.statement("select id from " + ConflictTable.NAME + " where scope = ? and state = '"
                + ConflictTable.DECIDED + "' and substr(id, 1, length(txn) + 1) = txn || '/'"
                + " order by commit_number desc, id limit -1 offset ?");
        Sql.bindAll(select, 1, List.of(Value.of(scope), Value.of((long) newest)));
        List<Key> keys = new ArrayList<>();
        while (select.step()) {
            keys.add(Key.of(Value.of(select.columnText(0))));
        }
        select.reset();
        return keys;
    }

    @Override
    public long nextConflict(String scope) {
        long next = sql.number("select next from godwit_ring where scope = ?", Value.of(scope));
        sql.run("insert or replace into godwit_ring (scope, next) values (?, ?)", Value.of(scope), Value.of(next + 1));
        return next;
    }
}
