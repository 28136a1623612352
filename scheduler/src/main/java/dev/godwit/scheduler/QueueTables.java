package dev.godwit.scheduler;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import java.util.List;

/** The tables of all queues of a file. Times are ticks (see {@link Timeline}). State numbers are those of {@link ItemState}. */
final class QueueTables {
    private static final String TABLES = """
            create table if not exists godwit_queue (
              id       integer primary key, -- in the order of enqueueing
              queue    text not null,
              idem     text not null,       -- the idempotency key
              skey     text not null,       -- the serial key; empty: none
              state    integer not null,
              opens    integer not null,    -- waiting: not before this tick; processed: when
              attempts integer not null,
              wall     integer not null,    -- when it was enqueued, by the wall clock
              item     blob,                -- null once it is processed
              reason   text
            );
            create table if not exists godwit_queue_pause (queue text primary key, until integer not null) without rowid;
            """;

    private static final String INDEXES = """
            create unique index if not exists godwit_queue_idem on godwit_queue (queue, idem);
            create index if not exists godwit_queue_waiting on godwit_queue (queue, id) where state = 0;
            create index if not exists godwit_queue_later on godwit_queue (queue, skey, id) where state = 0 and opens > 0;
            create index if not exists godwit_queue_parked on godwit_queue (queue, skey, id) where state = 1;
            create index if not exists godwit_queue_processed on godwit_queue (queue, opens, id) where state = 2;
            """;

    private static final List<String> SHAPE = List.of(
            "select id, queue, idem, skey, state, opens, attempts, wall, item, reason from godwit_queue limit 1",
            "select queue, until from godwit_queue_pause limit 1");

    private QueueTables() {}

    /**
     * Makes what is missing, inside a transaction. Tables of another shape are renamed and made anew.
     *
     * @return what was wrong, in words; empty if nothing
     */
    static String ensure(SqliteConnection connection) {
        connection.execute(TABLES);
        String wrong = "";
        for (String probe : SHAPE) {
            try (Statements statements = new Statements(connection)) {
                statements.number(0, probe);
            } catch (SqliteException e) {
                if (!WorkTables.isBroken(e)) {
                    throw e;
                }
                wrong = setAside(connection, String.valueOf(e.getMessage()));
                break;
            }
        }
        connection.execute(TABLES + INDEXES);
        return wrong;
    }

    private static String setAside(SqliteConnection connection, String why) {
        List<String> indexes;
        long number;
        try (Statements statements = new Statements(connection)) {
            indexes = statements.list(
                    row -> row.columnText(0),
                    "select name from sqlite_schema where type = 'index' and sql is not null"
                            + " and tbl_name in ('godwit_queue', 'godwit_queue_pause')");
            number = 1
                    + statements.number(
                            0,
                            "select count(*) from sqlite_schema where type = 'table' and name like 'godwit\\_queue\\_aside\\_%'"
                                    + " escape '\\'");
        }
        indexes.forEach(index -> connection.execute("drop index \"" + index + "\""));
        String aside = "godwit_queue_aside_" + number;
        connection.execute("alter table godwit_queue rename to " + aside);
        connection.execute("drop table godwit_queue_pause");
        return why + "; set aside as " + aside;
    }
}
