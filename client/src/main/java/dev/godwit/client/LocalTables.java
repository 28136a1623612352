package dev.godwit.client;

/**
 * The tables that Godwit keeps beside the application's, in the application's own SQLite file. All names begin with
 * {@code godwit_}. Per synced table {@code T} there are {@code godwit_before_T}, {@code godwit_absent_T} and the view
 * {@code godwit_keep_T} (see {@code rows.Capture}), and {@code godwit_base_T} (see {@link BaseImages}); the rest is here. A
 * clean row (one without pending changes) costs nothing in any of them.
 */
final class LocalTables {
    private LocalTables() {}

    /** Grows with every change of these tables; a newer file is refused by an older engine. */
    static final long FORMAT = 4;

    static final String DDL = """
            create table godwit_local (
              id            integer primary key check (id = 1),
              format        integer not null,
              device        text not null,     -- this copy's id; a clone that is found out takes another (H2)
              last_sequence integer not null,  -- no entry that is gone, and no void, had a higher place
              last_local    integer not null,  -- no entry that is gone had a higher local number
              based_local   integer not null,  -- inserts up to this entry have their base images (see BaseImages)
              confirmed     integer not null,  -- every receipt up to this place is recorded here
              server        text not null default '', -- the server's address and token, for the command
              token         text not null default '',
              application   text not null default ''
            );
            create table godwit_schema (id integer primary key check (id = 1), text text not null);
            create table godwit_scope (
              scope           text primary key,
              timeline        text not null,    -- the visible checkpoint: timeline and commit number
              commit_number   integer not null,
              cursor_timeline text not null,    -- how far pages are staged beyond it
              cursor_commit   integer not null,
              cursor_position blob not null,
              replacing       integer not null default 0, -- the next cut holds the scope whole: rows it lacks go
              denied          text              -- why the token does not grant it, while it does not
            ) without rowid;
            -- one row per transaction, from its commit until the server calls it safe. A commit appends here and nowhere
            -- else: no index holds a pending entry, since each would cost every commit a page
            create table godwit_entry (
              local        integer primary key, -- order of the local commits
              id           text not null,
              sequence     integer,             -- place in the device's sequence; null if a void has taken it
              state        text check (state in ('void', 'parked', 'accepted')), -- null: pending
              rows         integer not null,
              tables       text not null,
              sealed_wall  integer not null,
              sealed_elapsed integer not null,
              boot         text not null,
              attempts     integer not null default 0,
              last_error   text,
              error_since  integer,
              blocked      text,                -- why it is left out of the local view (H6)
              code         integer,             -- why the server refused it
              message      text,
              offender     text,                -- table and key of the row it names
              decided_wall integer,
              commits      text,                -- scope and commit number, a line each
              depends      text not null,       -- local numbers of entries it builds on (H11), space-separated
              bases        blob not null,
              changes      blob                 -- what it changes, if that is short; else in godwit_change
            );
            -- long changes, apart from the entry, so that a change of its state does not copy them
            create table godwit_change (local integer primary key, changes blob not null);
            create index godwit_entry_state on godwit_entry (state, local) where state is not null;
            create index godwit_entry_blocked on godwit_entry (local) where blocked is not null;
            -- the outbox. The server decides in order, so nothing pending comes before anything accepted
            create view godwit_pending as
              select * from godwit_entry where state is null
                 and local > coalesce((select max(local) from godwit_entry where state = 'accepted'), 0);
            create table godwit_stage (page integer primary key, frame blob not null);
            create table godwit_fresh (tbl text not null, col text not null, primary key (tbl, col)) without rowid;
            create table godwit_attempt (
              attempt   integer primary key,
              started   integer not null,   -- wall clock, ms
              cause     text not null,      -- what began it
              outcome   text not null,
              sent      integer not null,
              received  integer not null,
              bytes_up  integer not null,
              bytes_down integer not null,
              millis    integer not null,
              message   text not null,
              skew      integer             -- by how much the local wall clock is ahead of the server's, ms
            );
            create view godwit_outbox as
              select local, id, case when blocked is not null then 'blocked'
                                     when attempts > 0 then 'sent'
                                     else 'pending' end as status,
                     rows, tables, attempts, coalesce(blocked, last_error) as reason,
                     coalesce(error_since, sealed_wall) as since, sealed_wall as written
                from godwit_pending
              union all
              select local, id, state, rows, tables, attempts, message, decided_wall, sealed_wall
                from godwit_entry where state = 'parked';
            """;

    /** What format 2 added. */
    static final String UNDO_DDL =
            "create table godwit_undo (/* rows that a transaction deleted, as they were; the local number of the one that took"
                    + " it back */ local integer primary key, images blob not null, undone_by integer)";

    /** What format 4 added. */
    static final String SHOWN_DDL =
            "create table godwit_shown (/* rows that are shown under a key which they do not have any more, until the next cut */"
                    + " tbl text not null, shown blob not null, key blob not null, primary key (tbl, shown)) without rowid";
}
