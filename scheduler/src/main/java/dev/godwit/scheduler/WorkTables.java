package dev.godwit.scheduler;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables, in any SQLite file; all names begin with {@code godwit_work}. Times are ticks (see {@link Timeline}), except those
 * called wall, which are of the wall clock. State numbers are the places in {@link WorkState}.
 */
final class WorkTables {
    /** Grows with every change of these tables. */
    static final long FORMAT = 1;

    static final String DDL = """
            create table if not exists godwit_work_meta (
              id      integer primary key check (id = 1),
              format  integer not null,
              epoch   integer not null,  -- grows whenever a scheduler takes the work over
              owned   integer not null,  -- until this tick the owner is believed to run; 0: it has closed
              boot    text not null,     -- the mark of the timeline
              elapsed integer not null,
              wall    integer not null,
              tick    integer not null
            );
            create table if not exists godwit_work (
              id       integer primary key,
              worker   text not null,
              state    integer not null,
              gate     integer not null, -- 0 open, 1 from tick opens, 2 period from tick opens, 3 from wall opens, 4 behind key
              opens    integer not null,
              held     integer not null, -- why gate is 1: 0 delay, 1 backoff, which good news ends, 2 asked for
              rank     integer not null, -- smaller runs first: tick of enqueueing less priority and expedition
              cons     integer not null, -- what it waits for; 0: nothing
              own      integer not null, -- what its request asks for
              since    integer not null, -- tick of enqueueing
              waiting  integer not null, -- tick since which it is in its state
              token    integer not null, -- runs begun
              attempts integer not null, -- failed ones
              stops    integer not null,
              dirty    integer not null, -- asked for again while it ran
              keystop  integer not null, -- parked, it holds its key
              expires  integer,          -- tick
              deadline integer,          -- wall
              skey     text,
              name     text,
              spec     text,             -- what of the request is unlike the default: see RequestText
              input    blob,
              output   blob,
              parked   integer,          -- why: see ParkReason
              reason   text
            );
            create index if not exists godwit_work_open on godwit_work (cons, rank) where state = 0 and gate = 0;
            create index if not exists godwit_work_due on godwit_work (opens) where state = 0 and gate between 1 and 2;
            create index if not exists godwit_work_calendar on godwit_work (opens) where state = 0 and gate = 3;
            -- used where a query says "and state <> 0", also if it asks for a state that is not 0 already
            create index if not exists godwit_work_state on godwit_work (state, id) where state <> 0;
            create index if not exists godwit_work_backoff on godwit_work (cons)
              where state = 0 and gate = 1 and held = 1;
            create index if not exists godwit_work_head on godwit_work (skey)
              where skey is not null and (state = 1 or state = 0 and gate < 2 or state = 3 and keystop = 1);
            create index if not exists godwit_work_behind on godwit_work (skey, id)
              where skey is not null and state = 0 and gate = 4;
            create index if not exists godwit_work_named on godwit_work (name, state) where name is not null;
            create index if not exists godwit_work_expires on godwit_work (expires)
              where expires is not null and (state = 0 or state = 2);
            create index if not exists godwit_work_deadline on godwit_work (deadline)
              where deadline is not null and (state = 0 or state = 2);
            create table if not exists godwit_work_constraint (id integer primary key, text text not null unique);
            create table if not exists godwit_work_need (
              work      integer not null,
              need      integer not null,
              onfailure integer not null, -- it runs if the other is parked, not if it succeeds
              place     integer not null,
              primary key (work, need)
            ) without rowid;
            create index if not exists godwit_work_needed on godwit_work_need (need, work);
            create table if not exists godwit_work_tag (
              tag text not null, work integer not null, primary key (tag, work)) without rowid;
            create index if not exists godwit_work_tagged on godwit_work_tag (work, tag);
            create table if not exists godwit_work_note (work integer primary key, checkpoint blob, progress blob);
            create table if not exists godwit_work_run (
              run      integer primary key,
              work     integer not null,
              token    integer not null,
              worker   text not null,
              started  integer not null, -- wall
              millis   integer not null,
              event    text not null,
              stop     text,
              reason   text
            );
            create index if not exists godwit_work_ran on godwit_work_run (work, run);
            """;

    private static final List<String> NAMES = List.of(
            "godwit_work_meta",
            "godwit_work",
            "godwit_work_constraint",
            "godwit_work_need",
            "godwit_work_tag",
            "godwit_work_note",
            "godwit_work_run");

    /** Reads every column of every table, and no row. */
    private static final List<String> SHAPE = List.of(
            "select id, format, epoch, owned, boot, elapsed, wall, tick from godwit_work_meta limit 1",
            "select id, worker, state, gate, opens, held, rank, cons, own, since, waiting, token, attempts, stops, dirty,"
                    + " keystop, expires, deadline, skey, name, spec, input, output, parked, reason from godwit_work limit 1",
            "select id, text from godwit_work_constraint limit 1",
            "select work, need, onfailure, place from godwit_work_need limit 1",
            "select tag, work from godwit_work_tag limit 1",
            "select work, checkpoint, progress from godwit_work_note limit 1",
            "select run, work, token, worker, started, millis, event, stop, reason from godwit_work_run limit 1");

    private WorkTables() {}

    /**
     * Makes what is missing. Tables that are not as they should be are renamed and made anew; no other table is touched.
     *
     * @return what was wrong, in words; empty if nothing
     */
    static String ensure(SqliteConnection connection) {
        return renew(connection, wrong(connection));
    }

    /** Makes what is missing; sets the tables aside first if something is known to be wrong with them. */
    static String renew(SqliteConnection connection, String known) {
        String wrong = known;
        connection.execute("begin immediate");
        try {
            if (!wrong.isEmpty()) {
                wrong += setAside(connection);
            }
            connection.execute(DDL);
            connection.execute("commit");
        } catch (RuntimeException e) {
            rollback(connection);
            throw e;
        }
        return wrong;
    }

    static void rollback(SqliteConnection connection) {
        try {
            connection.execute("rollback");
        } catch (SqliteException none) {
            // the error has ended the transaction already
        }
    }

    /** Whether an error says that the tables themselves are broken, and not the disk or the moment. */
    static boolean isBroken(SqliteException e) {
        return e.code() == SqliteCode.CORRUPT
                || e.code() == SqliteCode.ERROR
                || e.code().isConstraint();
    }

    /** Whether a scheduler has ever been opened on the file. */
    static boolean isThere(SqliteConnection connection) {
        try (Statements statements = new Statements(connection)) {
            return !present(statements).isEmpty();
        }
    }

    /** Refuses tables that only the application's scheduler may mend. */
    static void checkReadable(SqliteConnection connection, String path) {
        String wrong = wrong(connection);
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("the scheduler's tables in " + path + " cannot be read: " + wrong
                    + ". Open the file with the application, which sets them aside and makes them anew");
        }
    }

    /** What is wrong with the tables that are there; empty if nothing is, or none is there. */
    static String wrong(SqliteConnection connection) {
        try (Statements statements = new Statements(connection)) {
            if (present(statements).isEmpty()) {
                return "";
            }
            for (String probe : SHAPE) {
                statements.number(0, probe);
            }
            long format = statements.number(FORMAT, "select format from godwit_work_meta");
            return format == FORMAT ? "" : "format " + format + " is not " + FORMAT;
        } catch (SqliteException e) {
            if (isBroken(e)) {
                return String.valueOf(e.getMessage());
            }
            throw e;
        }
    }

    private static List<String> present(Statements statements) {
        return statements.list(
                row -> row.columnText(0),
                "select name from sqlite_schema where type = 'table' and (name = 'godwit_work' or name like"
                        + " 'godwit\\_work\\_%' escape '\\') and name not like '%\\_aside\\_%' escape '\\'");
    }

    /** Renames what is there; returns the new names, in words. */
    private static String setAside(SqliteConnection connection) {
        List<String> tables;
        List<String> indexes;
        long number;
        try (Statements statements = new Statements(connection)) {
            tables = present(statements);
            tables.retainAll(NAMES);
            indexes = statements.list(
                    row -> row.columnText(0),
                    "select name from sqlite_schema where type = 'index' and sql is not null and (tbl_name = 'godwit_work'"
                            + " or tbl_name like 'godwit\\_work\\_%' escape '\\')"
                            + " and tbl_name not like '%\\_aside\\_%' escape '\\'");
            number = 1
                    + statements.number(
                            0,
                            "select count(distinct substr(name, instr(name, '_aside_'))) from sqlite_schema where type = 'table'"
                                    + " and name like 'godwit\\_work%\\_aside\\_%' escape '\\'");
        }
        indexes.forEach(index -> connection.execute("drop index \"" + index + "\""));
        List<String> aside = new ArrayList<>();
        for (String table : tables) {
            String name = table + "_aside_" + number;
            connection.execute("alter table \"" + table + "\" rename to \"" + name + "\"");
            aside.add(name);
        }
        return "; set aside as " + String.join(", ", aside);
    }
}
