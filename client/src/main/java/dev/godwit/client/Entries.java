package dev.godwit.client;

import dev.godwit.model.Limits;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of {@code godwit_entry}: the outbox and what has left it. Not safe for use by two threads. */
final class Entries {
    private static final String SELECT =
            "select e.local, id, coalesce(sequence, 0), state, sealed_wall, sealed_elapsed,"
                    + " boot, blocked, depends, coalesce(bases, x''), coalesce(changes, x'')"
                    + " from godwit_entry e left join godwit_change c on c.local = e.local";

    private final SqliteConnection connection;
    private final Map<String, SqliteStatement> statements = new HashMap<>();

    Entries(SqliteConnection connection) {
        this.connection = connection;
    }

    /** Appends a sealed transaction. */
    void append(Entry entry, int rows, String tables) {
        SqliteStatement insert = statement("insert into godwit_entry (local, id, sequence, state, rows, tables,"
                + " sealed_wall, sealed_elapsed, boot, depends) values (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?)");
        insert.bindLong(1, entry.local());
        insert.bindText(2, entry.id().toString());
        insert.bindLong(3, entry.sequence());
        insert.bindLong(4, rows);
        insert.bindText(5, tables);
        insert.bindLong(6, entry.sealedWall());
        insert.bindLong(7, entry.sealedElapsed());
        insert.bindText(8, entry.boot());
        insert.bindText(9, joined(entry.depends()));
        run(insert);
        SqliteStatement changes = statement("insert into godwit_change (local, bases, changes) values (?, ?, ?)");
        changes.bindLong(1, entry.local());
        changes.bindBlob(2, entry.bases());
        changes.bindBlob(3, entry.changes());
        run(changes);
    }

    /** Transactions and voids that have no receipt yet, in sequence, up to the bounds of one request. */
    List<Entry> nextToSend(Limits limits) {
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        SqliteStatement next = statement(
                SELECT + " where sequence is not null and state in ('pending', 'void') order by sequence" + " limit ?");
        next.bindLong(1, limits.pushTransactions());
        while (next.step()) {
            Entry entry = read(next);
            bytes += entry.changes().length;
            if (!entries.isEmpty() && bytes > limits.pushBytes()) {
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
        SqliteStatement pending =
                statement(SELECT + " where state = 'pending' and e.local > ? order by e.local limit ?");
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
        SqliteStatement find = statement(SELECT + " where id = ?");
        find.bindText(1, id.toString());
        try {
            return find.step() ? read(find) : null;
        } finally {
            find.reset();
        }
    }

    /** The state of a transaction: a word of the table's CHECK; empty if it is unknown. */
    String state(TransactionId id) {
        SqliteStatement find = statement("select state from godwit_entry where id = ?");
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
    void accept(Entry entry, long wall, String commits) {
        SqliteStatement accept = statement("update godwit_entry set state = 'accepted', blocked = null,"
                + " decided_wall = ?, commits = ? where local = ?");
        accept.bindLong(1, wall);
        accept.bindText(2, commits);
        accept.bindLong(3, entry.local());
        run(accept);
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
        SqliteStatement leave =
                statement("insert into godwit_entry (local, id, sequence, state, rows, tables, sealed_wall,"
                        + " sealed_elapsed, boot, depends) values (?, ?, ?, 'void', 0, '', ?, ?, ?, '')");
        leave.bindLong(1, local);
        leave.bindText(2, voidId.toString());
        leave.bindLong(3, entry.sequence());
        leave.bindLong(4, entry.sealedWall());
        leave.bindLong(5, entry.sealedElapsed());
        leave.bindText(6, entry.boot());
        run(leave);
    }

    void delete(long local) {
        update("delete from godwit_change where local = ?", local);
        update("delete from godwit_entry where local = ?", local);
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
        return number("select exists (select 1 from godwit_entry where state = 'pending' and blocked is not null)")
                != 0;
    }

    long count(String state) {
        SqliteStatement count = statement("select count(*) from godwit_entry where state = ?");
        count.bindText(1, state);
        try {
            return count.step() ? count.columnLong(0) : 0;
        } finally {
            count.reset();
        }
    }

    /** Notes that these were sent and not yet decided. */
    void noteAttempt(long firstSequence, long lastSequence) {
        SqliteStatement note =
                statement("update godwit_entry set attempts = attempts + 1 where sequence between ? and ?");
        note.bindLong(1, firstSequence);
        note.bindLong(2, lastSequence);
        run(note);
    }

    /** Forgets accepted transactions that the server calls safe, or that were accepted before a time. */
    void forgetSafe(long safeSequence, long acceptedBefore) {
        SqliteStatement safe = statement(
                "select local from godwit_entry where state = 'accepted' and" + " (sequence <= ? or decided_wall < ?)");
        safe.bindLong(1, safeSequence);
        safe.bindLong(2, acceptedBefore);
        List<Long> locals = new ArrayList<>();
        while (safe.step()) {
            locals.add(safe.columnLong(0));
        }
        safe.reset();
        locals.forEach(this::delete);
    }

    /** Numbers everything undecided from 1 under a new device id; returns the last number. */
    long renumber() {
        connection.execute("delete from godwit_entry where state = 'void'; update godwit_entry set sequence = null");
        SqliteStatement pending = statement("select local from godwit_entry where state = 'pending' order by local");
        List<Long> locals = new ArrayList<>();
        while (pending.step()) {
            locals.add(pending.columnLong(0));
        }
        pending.reset();
        SqliteStatement number = statement("update godwit_entry set sequence = ? where local = ?");
        for (int i = 0; i < locals.size(); i++) {
            number.bindLong(1, i + 1L);
            number.bindLong(2, locals.get(i));
            run(number);
        }
        return locals.size();
    }

    /** Puts everything accepted and not yet safe back into the outbox (H5). */
    long acceptedToPending() {
        connection.execute("update godwit_entry set state = 'pending', decided_wall = null, commits = null"
                + " where state = 'accepted'");
        return connection.changes();
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

    private static String joined(List<Long> numbers) {
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
        return statements.computeIfAbsent(sql, connection::prepare);
    }
}
