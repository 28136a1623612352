package dev.godwit.client;

import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of {@code godwit_entry}: the outbox and what has left it. Not safe for use by two threads. */
final class Entries {
    /** Changes of up to this many bytes live in the entry: a commit then writes one page less. */
    private static final int SHORT_CHANGES = 1_000;

    private static final String COLUMNS =
            "select e.local, id, coalesce(sequence, 0), coalesce(state, 'pending'), sealed_wall,"
                    + " sealed_elapsed, boot, blocked, depends, bases, coalesce(e.changes, c.changes, x'')";
    private static final String CHANGES = " e left join godwit_change c on c.local = e.local";
    private static final String PENDING = COLUMNS + " from godwit_pending" + CHANGES;
    private static final String ANY = COLUMNS + " from godwit_entry" + CHANGES;

    private final SqliteConnection connection;
    private final CompiledStatements statements;

    Entries(SqliteConnection connection) {
        this.connection = connection;
        this.statements = new CompiledStatements(connection);
    }

    /** Appends a sealed transaction. */
    void append(Entry entry, int rows, String tables) {
        boolean isShort = entry.changes().length <= SHORT_CHANGES;
        SqliteStatement insert = statement("insert into godwit_entry (local, id, sequence, rows, tables, sealed_wall,"
                + " sealed_elapsed, boot, depends, bases, changes) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.bindLong(1, entry.local());
        insert.bindText(2, entry.id().toString());
        insert.bindLong(3, entry.sequence());
        insert.bindLong(4, rows);
        insert.bindText(5, tables);
        insert.bindLong(6, entry.sealedWall());
        insert.bindLong(7, entry.sealedElapsed());
        insert.bindText(8, entry.boot());
        insert.bindText(9, joined(entry.depends()));
        insert.bindBlob(10, entry.bases());
        if (isShort) {
            insert.bindBlob(11, entry.changes());
        } else {
            insert.bindNull(11);
        }
        run(insert);
        if (!isShort) {
            SqliteStatement changes = statement("insert into godwit_change (local, changes) values (?, ?)");
            changes.bindLong(1, entry.local());
            changes.bindBlob(2, entry.changes());
            run(changes);
        }
    }

    /** Writes the changes of a transaction anew: the server has given its rows other keys, or another text to be edited. */
    void rewrite(long local, byte[] changes) {
        SqliteStatement entry =
                statement("update godwit_entry set changes = ? where local = ? and changes is not null");
        entry.bindBlob(1, changes);
        entry.bindLong(2, local);
        run(entry);
        SqliteStatement apart = statement("update godwit_change set changes = ? where local = ?");
        apart.bindBlob(1, changes);
        apart.bindLong(2, local);
        run(apart);
    }

    /** Transactions that are pending or parked, after a local number, in local order. */
    List<Entry> unaccepted(long local) {
        List<Entry> entries = new ArrayList<>();
        SqliteStatement select =
                statement(ANY + " where e.local > ? and (state is null or state = 'parked') order by e.local");
        select.bindLong(1, local);
        try {
            while (select.step()) {
                entries.add(read(select));
            }
        } finally {
            select.reset();
        }
        return entries;
    }

    /** Transactions and voids that have no receipt yet, in sequence, after a place in it, up to the bounds of one request. */
    List<Entry> nextToSend(long after, int limit, long maxBytes) {
        return undecided(after, limit, maxBytes);
    }

    /** The first transactions and voids that have no receipt yet, in sequence. */
    List<Entry> undecided(int limit) {
        return undecided(0, limit, Long.MAX_VALUE);
    }

    /** Whether there are transactions or voids without a receipt after a place in the sequence. */
    boolean anyUndecided(long after) {
        return !undecided(after, 1, Long.MAX_VALUE).isEmpty();
    }

    /** Whether there are transactions without a receipt. */
    boolean anyPending() {
        return number("select exists (select 1 from godwit_pending)") != 0;
    }

    private List<Entry> undecided(long after, int limit, long maxBytes) {
        // both are in sequence as they are read, and SQLite merges them
        SqliteStatement next = statement(
                "select * from (" + PENDING
                        + " where (?2 = 0 or sequence > ?2) order by e.local limit ?1) union all select * from (" + ANY
                        + " where state = 'void' and (?2 = 0 or sequence > ?2) order by sequence limit ?1) order by 3 limit ?1");
        next.bindLong(1, limit);
        next.bindLong(2, after);
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        while (next.step()) {
            Entry entry = read(next);
            bytes += entry.changes().length;
            if (!entries.isEmpty() && bytes > maxBytes) {
                break;
            }
            entries.add(entry);
        }
        next.reset();
        return entries;
    }

    /** Pending transactions after a local number, in local order, at most {@code limit}. */
    List<Entry> pendingAfter(long local, int limit) {
        List<Entry> entries = new ArrayList<>();
        SqliteStatement pending = statement(PENDING + " where e.local > ? order by e.local limit ?");
        pending.bindLong(1, local);
        pending.bindLong(2, limit);
        while (pending.step()) {
            entries.add(read(pending));
        }
        pending.reset();
        return entries;
    }

    /** The transaction of this id whatever its state, or null. */
    @Nullable
    Entry find(TransactionId id) {
        SqliteStatement find = statement(ANY + " where id = ?");
        find.bindText(1, id.toString());
        try {
            return find.step() ? read(find) : null;
        } finally {
            find.reset();
        }
    }

    /** The transaction of this local number, or null. */
    @Nullable
    Entry at(long local) {
        SqliteStatement find = statement(ANY + " where e.local = ?");
        find.bindLong(1, local);
        try {
            return find.step() ? read(find) : null;
        } finally {
            find.reset();
        }
    }

    /** The state of a transaction: pending or a word of the table's CHECK; empty if it is unknown. */
    String state(TransactionId id) {
        SqliteStatement find = statement("select coalesce(state, 'pending') from godwit_entry where id = ?");
        find.bindText(1, id.toString());
        try {
            return find.step() ? find.columnText(0) : "";
        } finally {
            find.reset();
        }
    }

    private static Entry read(SqliteStatement row) {
        String blocked = row.columnType(7) == SqliteStatement.Type.NULL ? null : row.columnText(7);
        return new Entry(
                row.columnLong(0),
                TransactionId.parse(row.columnText(1)),
                row.columnLong(2),
                row.columnText(3).equals("void"),
                row.columnLong(4),
                row.columnLong(5),
                row.columnText(6),
                blocked,
                split(row.columnText(8)),
                row.columnBlob(9),
                row.columnBlob(10));
    }

    /** Takes a transaction out of the outbox as applied; it is kept until the server calls it safe (H5). */
    void accept(Entry entry, long wall, Outcome outcome) {
        SqliteStatement accept = statement("update godwit_entry set state = 'accepted', blocked = null,"
                + " decided_wall = ?, commits = ? where local = ?");
        accept.bindLong(1, wall);
        accept.bindText(2, commits(outcome));
        accept.bindLong(3, entry.local());
        run(accept);
    }

    private static String commits(Outcome outcome) {
        return outcome instanceof Outcome.Applied applied
                ? applied.commits().entrySet().stream()
                        .map(c -> c.getKey() + " " + c.getValue())
                        .sorted()
                        .collect(Collectors.joining("\n"))
                : "";
    }

    /** Takes a transaction out of the outbox and keeps it for a person to decide about. */
    void park(Entry entry, RejectionCode code, String message, @Nullable String offender, long wall) {
        SqliteStatement park = statement("update godwit_entry set state = 'parked', blocked = null,"
                + " code = ?, message = ?, offender = ?, decided_wall = ? where local = ?");
        park.bindLong(1, code.number());
        park.bindText(2, message);
        Sql.bind(park, 3, offender == null ? Value.NULL : Value.of(offender));
        park.bindLong(4, wall);
        park.bindLong(5, entry.local());
        run(park);
    }

    /** Leaves only a void in the place of a transaction that nobody decided (H2f). */
    void leaveVoid(Entry entry, long local, TransactionId voidId) {
        update("update godwit_entry set sequence = null where local = ?", entry.local());
        update("update godwit_local set last_sequence = max(last_sequence, ?)", entry.sequence());
        SqliteStatement leave =
                statement("insert into godwit_entry (local, id, sequence, state, rows, tables, sealed_wall,"
                        + " sealed_elapsed, boot, depends, bases) values (?, ?, ?, 'void', 0, '', ?, ?, ?, '', x'')");
        leave.bindLong(1, local);
        leave.bindText(2, voidId.toString());
        leave.bindLong(3, entry.sequence());
        leave.bindLong(4, entry.sealedWall());
        leave.bindLong(5, entry.sealedElapsed());
        leave.bindText(6, entry.boot());
        run(leave);
    }

    void delete(long local) {
        update("update godwit_local set last_local = max(last_local, ?)", local);
        update("delete from godwit_change where local = ?", local);
        update("delete from godwit_undo where local = ?", local);
        update("delete from godwit_entry where local = ?", local);
    }

    /** Lets a transaction build on these. */
    void setDepends(long local, Collection<Long> depends) {
        SqliteStatement set = statement("update godwit_entry set depends = ? where local = ?");
        set.bindText(1, joined(depends));
        set.bindLong(2, local);
        run(set);
    }

    void setBlocked(long local, @Nullable String reason) {
        SqliteStatement set = statement("update godwit_entry set blocked = ? where local = ? and blocked is not ?");
        Value value = reason == null ? Value.NULL : Value.of(reason);
        Sql.bind(set, 1, value);
        set.bindLong(2, local);
        Sql.bind(set, 3, value);
        run(set);
    }

    boolean anyBlocked() {
        return number("select exists (select 1 from godwit_entry where blocked is not null)") != 0;
    }

    /** How many transactions and voids have no receipt yet. */
    long countUndecided() {
        return number("select (select count(*) from godwit_pending)"
                + " + (select count(*) from godwit_entry where state = 'void')");
    }

    /** Notes that these were sent and not yet decided. */
    void noteAttempt(List<Entry> sent) {
        SqliteStatement note =
                statement("update godwit_entry set attempts = attempts + 1 where local = ? and state is null");
        for (Entry entry : sent) {
            note.bindLong(1, entry.local());
            run(note);
        }
    }

    /** The place of a transaction that was refused or may be; 0 if it has none any more, or was accepted. */
    long placeInDoubt(long local) {
        SqliteStatement find =
                statement("select coalesce(sequence, 0) from godwit_entry where local = ? and state is not 'accepted'");
        find.bindLong(1, local);
        try {
            return find.step() ? find.columnLong(0) : 0;
        } finally {
            find.reset();
        }
    }

    /** The highest local number of all entries that are there. */
    long lastLocal() {
        return number("select coalesce(max(local), 0) from godwit_entry");
    }

    /** Forgets accepted transactions that the server calls safe, or that were accepted before a time. */
    void forgetSafe(long safeSequence, long acceptedBefore) {
        SqliteStatement safe = statement(
                "select local from godwit_entry where state = 'accepted' and" + " (sequence <= ? or decided_wall < ?)");
        safe.bindLong(1, safeSequence);
        safe.bindLong(2, acceptedBefore);
        locals(safe).forEach(this::delete);
    }

    /** The local numbers of parked transactions, in local order. */
    Set<Long> parked() {
        return locals(statement("select local from godwit_entry where state = 'parked' order by local"));
    }

    /** The same of those after a local number that are parked because another one is. */
    Set<Long> parkedFollowers(long after) {
        SqliteStatement select =
                statement("select local from godwit_entry where state = 'parked' and local > ? and code = "
                        + RejectionCode.DEPENDS_ON.number() + " order by local");
        select.bindLong(1, after);
        return locals(select);
    }

    private static Set<Long> locals(SqliteStatement select) {
        Set<Long> locals = new LinkedHashSet<>();
        while (select.step()) {
            locals.add(select.columnLong(0));
        }
        select.reset();
        return locals;
    }

    /** Numbers everything undecided from 1 under a new device id; returns the last number. */
    long renumber() {
        connection.execute("update godwit_local set last_local = max(last_local, (select max(local) from godwit_entry))"
                + " where exists (select 1 from godwit_entry where state = 'void');"
                + "delete from godwit_entry where state = 'void'; update godwit_entry set sequence = null");
        SqliteStatement number = statement("update godwit_entry set sequence = ? where local = ?");
        long last = 0;
        for (long local : locals(statement("select local from godwit_entry where state is null order by local"))) {
            number.bindLong(1, ++last);
            number.bindLong(2, local);
            run(number);
        }
        return last;
    }

    private long number(String sql) {
        SqliteStatement number = statement(sql);
        try {
            return number.step() ? number.columnLong(0) : 0;
        } finally {
            number.reset();
        }
    }

    private void update(String sql, long parameter) {
        SqliteStatement update = statement(sql);
        update.bindLong(1, parameter);
        run(update);
    }

    private static String joined(Collection<Long> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static List<Long> split(String numbers) {
        List<Long> list = new ArrayList<>();
        for (String number : numbers.split(" ")) {
            if (!number.isEmpty()) {
                list.add(Long.parseLong(number));
            }
        }
        return list;
    }

    private static void run(SqliteStatement statement) {
        try {
            statement.step();
        } finally {
            statement.reset();
        }
    }

    private SqliteStatement statement(String sql) {
        return statements.of(sql);
    }
}
