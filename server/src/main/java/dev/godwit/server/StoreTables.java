package dev.godwit.server;

/**
 * The server's tables beside the application's, in the same SQLite file. The application's tables are real ones, as the
 * schema names them; rows that any SQL tool changes there are captured by {@code rows.Capture} and absorbed.
 *
 * <p>State is the log: there is no list of changes, but each row carries the commit number of its last change and, per group
 * of columns, of theirs. Tombstones go with the horizon (Forgetting).
 */
final class StoreTables {
    private StoreTables() {}

    static final long FORMAT = 4;

    static final String DDL = """
            create table godwit_server (
              id     integer primary key check (id = 1),
              format integer not null,
              schema text not null
            );
            -- a timeline begins at every opening of the file, which may be an older copy of what was here before (H5)
            create table godwit_timeline (number integer primary key, id text not null unique);
            -- where an earlier timeline ended; a scope that is not listed ended where the one before it did
            create table godwit_timeline_end (
              scope_id integer not null, timeline integer not null, head integer not null,
              primary key (scope_id, timeline)
            ) without rowid;
            create table godwit_scope (id integer primary key, name text not null unique, head integer not null);
            create table godwit_table (id integer primary key, name text not null unique);
            create table godwit_left (
              scope_id integer not null, table_id integer not null, key blob not null, commit_number integer not null,
              primary key (scope_id, table_id, key)
            ) without rowid;
            create index godwit_left_log on godwit_left (scope_id, commit_number);
            create table godwit_device (
              number        integer primary key,
              id            text not null unique,
              subject       text not null,       -- bound at first use
              last_sequence integer not null,    -- decided
              confirmed     integer not null,
              safe          integer not null,    -- the device may forget what it sent up to here (H5)
              last_stamp    integer not null,
              last_seen     integer not null     -- ms since 1970
            );
            create table godwit_receipt (
              device         integer not null,
              sequence       integer not null,
              transaction_id blob not null,
              decided_at     integer not null,
              outcome        blob,               -- null once the device has confirmed that it was applied
              applied        integer not null,   -- whether the outcome may be forgotten then
              scope_id       integer,            -- where it was applied, and under which commit number: if in one scope
              commit_number  integer,
              primary key (device, sequence)
            ) without rowid;
            create index godwit_receipt_id on godwit_receipt (transaction_id);
            """;

    /** The state of rows, which is the log too; with the name of the table, for an upgrade makes it under another one. */
    static final String ROW_DDL = """
            create table %s (
              table_id integer not null,
              key      blob not null,            -- see rows.KeyCodec
              scope_id integer not null,
              commit_number integer not null,
              cells    blob not null,            -- arrival, birth, tombstone and cells, see CellGroups
              deleted  integer as (cells >= x'80') virtual, -- takes no room
              primary key (table_id, key)
            ) without rowid;
            """;

    /** Deleted rows that may come back: an encoded block, and CellGroups; with the name of the table, as above. */
    static final String IMAGE_DDL = """
            create table %s (
              table_id integer not null, key blob not null, commit_number integer not null,
              row      blob not null, cells blob not null,
              primary key (table_id, key)
            ) without rowid;
            """;

    /** What format 4 added, beside the last columns of the receipts. */
    static final String FORMER_DDL = """
            -- devices that are copies of others, and up to which commit number they have those's writes (H2)
            create table godwit_former (
              device integer not null, scope_id integer not null, former integer not null, commit_number integer not null,
              primary key (device, scope_id, former)
            ) without rowid;
            """;

    static final String ROW_LOG_DDL = "create index godwit_row_log on godwit_row (scope_id, commit_number);";

    /** What format 2 added: the memory of merging. */
    static final String MEMORY_DDL = """
            -- what the rule of a column remembers of a cell beside its state, see the rule's class in merge
            create table godwit_memory (
              table_id integer not null, key blob not null, place integer not null, -- the column's place in the table
              memory   blob not null,
              primary key (table_id, key, place)
            ) without rowid;
            -- what transactions did to a text, as they sent it; the newest edits one by one
            create table godwit_text (
              table_id integer not null, key blob not null, place integer not null, commit_number integer not null,
              writer   integer not null, base integer not null, length integer not null, splices blob not null,
              primary key (table_id, key, place, commit_number)
            ) without rowid;
            create table godwit_text_block (
              table_id integer not null, key blob not null, place integer not null, last_commit integer not null,
              edits    blob not null,            -- see TextBlocks
              primary key (table_id, key, place, last_commit)
            ) without rowid;
            -- keys that devices gave to new rows and the server replaced (H12)
            create table godwit_rekey (
              device integer not null, table_id integer not null, key blob not null,
              new_key blob not null,
              scope_id integer not null, commit_number integer not null, -- 0: nobody asks any more
              sequence integer not null,         -- of the transaction; the device knows once it has confirmed that
              primary key (device, table_id, key)
            ) without rowid;
            create table godwit_fresh_key (table_id integer primary key, last integer not null);
            -- how far the ring of a scope's decided conflicts is written
            create table godwit_ring (scope text primary key, next integer not null) without rowid;
            -- which commit number a scope had when, about once an hour, and below which nothing is remembered any more
            create table godwit_clock (
              scope_id integer not null, commit_number integer not null, millis integer not null,
              primary key (scope_id, commit_number)
            ) without rowid;
            create table godwit_horizon (scope_id integer primary key, commit_number integer not null);
            """;
}
