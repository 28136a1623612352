package dev.godwit.bench;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What a scheduler cannot be faster than: rows of the same bytes in plain SQLite, without an index, that nobody does. */
final class PlainRows implements WorkLoad.Peer {
    /** What a work has in our table beside its name and its input. */
    private static final String REST = "-".repeat(62);

    private final SqliteConnection connection;
    private final SqliteStatement insert;

    PlainRows(Path file, WorkLoad load) {
        connection = Contents.open(file);
        connection.execute("create table plain (id integer primary key, rest text, name text, input blob)");
        insert = connection.prepare("insert into plain values (?, ?, ?, ?)");
    }

    @Override
    public void enqueue(int from, int to) {
        for (int i = from; i < to; i++) {
            enqueueTogether(i, i + 1);
        }
    }

    @Override
    public void enqueueTogether(int from, int to) {
        connection.execute("begin immediate");
        for (int i = from; i < to; i++) {
            insert.bindLong(1, i);
            insert.bindText(2, REST);
            insert.bindText(3, WorkLoad.name(i));
            insert.bindBlob(4, WorkLoad.input(i).getBytes(StandardCharsets.UTF_8));
            insert.step();
            insert.reset();
        }
        connection.execute("commit");
    }

    @Override
    public void start(int threads) {
        throw new UnsupportedOperationException("nobody does plain rows");
    }

    @Override
    public String unfinished() {
        return "select count(*) from plain";
    }

    @Override
    public void close() {
        insert.close();
        connection.close();
    }
}
