package dev.godwit.server;

import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.server.StoreMemory.LoggedEdit;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;

/**
 * The logs of texts on SQLite: the newest edits one by one in {@code godwit_text}, older ones as blocks in
 * {@code godwit_text_block}. A log is packed as it grows, so that an edit costs one small row and a text little more than what
 * was ever typed into it.
 */
final class SqliteTexts {
    /** Every so many commits a look is taken whether there are so many loose edits that they make a block. */
    private static final int LOOK_EVERY = 32;

    private static final int LOOSE = 32;
    /**
     * A block that is not so many times as long as what comes behind it becomes one with that: a log is a few blocks, each far
     * longer than those behind it, and an edit is packed anew as often as the logarithm of its age says.
     */
    private static final int FAR_LONGER = 3;

    private final SqliteStatements sql;

    SqliteTexts(SqliteStatements sql) {
        this.sql = sql;
    }

    /** A text: its table, key and place as they are stored. */
    record Text(Value table, Value key, Value place) {
        List<Value> with(long number) {
            return List.of(table, key, place, Value.of(number));
        }
    }

    static Text text(SqliteStatements sql, Table table, Key key, int column) {
        return new Text(Value.of(sql.id(table)), Value.of(SqliteStatements.bytes(key)), Value.of((long) column));
    }

    void append(Text text, LoggedEdit edit) {
        sql.run(
                "insert or replace into godwit_text (table_id, key, place, commit_number, writer, base, length, splices)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                text.table(),
                text.key(),
                text.place(),
                Value.of(edit.commit()),
                Value.of(edit.writer()),
                Value.of(edit.base()),
                Value.of((long) edit.length()),
                Value.of(edit.splices()));
        if (edit.commit() % LOOK_EVERY == 0) {
            pack(text);
        }
    }

    /** The edits above a commit number, in order. */
    List<LoggedEdit> above(Text text, long commit) {
        List<LoggedEdit> edits = new ArrayList<>();
        for (byte[] block : blocks(text, commit)) {
            TextBlocks.decode(block).stream().filter(e -> e.commit() > commit).forEach(edits::add);
        }
        edits.addAll(loose(text, commit));
        return edits;
    }

    private List<LoggedEdit> loose(Text text, long above) {
        SqliteStatement select = sql.statement("select commit_number, writer, base, length, splices from godwit_text"
                + " where table_id = ? and key = ? and place = ? and commit_number > ? order by commit_number");
        Sql.bindAll(select, 1, text.with(above));
        List<LoggedEdit> edits = new ArrayList<>();
        try {
            while (select.step()) {
                edits.add(new LoggedEdit(
                        select.columnLong(0),
                        select.columnLong(1),
                        select.columnLong(2),
                        (int) select.columnLong(3),
                        select.columnBlob(4)));
            }
        } finally {
            select.reset();
        }
        return edits;
    }

    private List<byte[]> blocks(Text text, long above) {
        SqliteStatement select = sql.statement("select edits from godwit_text_block where table_id = ? and key = ?"
                + " and place = ? and last_commit > ? order by last_commit");
        Sql.bindAll(select, 1, text.with(above));
        List<byte[]> blocks = new ArrayList<>();
        try {
            while (select.step()) {
                blocks.add(select.columnBlob(0));
            }
        } finally {
            select.reset();
        }
        return blocks;
    }

    private void pack(Text text) {
        List<LoggedEdit> loose = loose(text, 0);
        if (loose.size() < LOOSE) {
            return;
        }
        forgetLoose(text, Long.MAX_VALUE);
        List<byte[]> blocks = blocks(text, 0);
        int first = blocks.size();
        long length = TextBlocks.encode(loose).length;
        while (first > 0 && blocks.get(first - 1).length < FAR_LONGER * length) {
            length += blocks.get(--first).length;
        }
        List<LoggedEdit> edits = new ArrayList<>();
        blocks.subList(first, blocks.size()).forEach(block -> edits.addAll(TextBlocks.decode(block)));
        edits.addAll(loose);
        sql.run(
                "delete from godwit_text_block where table_id = ? and key = ? and place = ? and last_commit >= ?",
                text.with(edits.get(0).commit()).toArray(new Value[0]));
        sql.run(
                "insert into godwit_text_block (table_id, key, place, last_commit, edits) values (?, ?, ?, ?, ?)",
                text.table(),
                text.key(),
                text.place(),
                Value.of(edits.get(edits.size() - 1).commit()),
                Value.of(TextBlocks.encode(edits)));
    }

    /**
     * The greatest commit number not above this one such that everybody who comes, and every later edit, has seen all up to it:
     * a walk never begins before it.
     */
    private long critical(Text text, long commit) {
        long from = commit;
        while (true) {
            long least =
                    above(text, from).stream().mapToLong(LoggedEdit::base).min().orElse(from);
            if (least >= from) {
                return from;
            }
            from = least;
        }
    }

    /** Forgets what nobody needs who has seen everything up to a commit number: loose edits, and whole blocks. */
    void forget(Text text, long seenByAll) {
        long upTo = critical(text, seenByAll);
        forgetLoose(text, upTo);
        forgetBlocks(text, upTo);
    }

    private void forgetLoose(Text text, long upTo) {
        sql.run(
                "delete from godwit_text where table_id = ? and key = ? and place = ? and commit_number <= ?",
                text.with(upTo).toArray(new Value[0]));
    }

    private void forgetBlocks(Text text, long upTo) {
        sql.run(
                "delete from godwit_text_block where table_id = ? and key = ? and place = ? and last_commit <= ?",
                text.with(upTo).toArray(new Value[0]));
    }

    /** Forgets the logs of all texts of a row. */
    void forgetAll(Value table, Value key) {
        sql.run("delete from godwit_text where table_id = ? and key = ?", table, key);
        sql.run("delete from godwit_text_block where table_id = ? and key = ?", table, key);
    }
}
