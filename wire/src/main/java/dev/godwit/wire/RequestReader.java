package dev.godwit.wire;

import com.google.protobuf.ByteString;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Limits;
import dev.godwit.model.TransactionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Decodes a request. The changes of its transactions stay bytes. */
final class RequestReader {

    private static final int ID_TAIL = 10;

    private final Messages.SyncRequest message;
    private final Limits limits;
    private final List<UUID> timelines = new ArrayList<>();
    private final List<Map<String, Checkpoint>> bases = new ArrayList<>();

    RequestReader(Messages.SyncRequest message, Limits limits) {
        this.message = message;
        this.limits = limits;
    }

    SyncRequest read() {
        readTables();
        DeviceClock clock = new DeviceClock(message.getWallMillis(), message.getElapsedMillis(), boot(0));
        return new SyncRequest(
                message.getRequestId(),
                new DeviceId(Uuids.ofBytes("device", message.getDevice())),
                message.getConfirmed(),
                clock,
                scopes(),
                fresh(),
                transactions(clock),
                text("application", message.getApplication()),
                message.getTakesEdits());
    }

    private void readTables() {
        message.getBootIdsList().forEach(boot -> text("boot id", boot));
        Bounds.check("scope names", message.getScopeNamesCount(), "2 * scopesPerDevice", Bounds.scopeNames(limits));
        message.getScopeNamesList().forEach(name -> Bounds.scope(name, limits));
        ByteString ids = message.getTimelines();
        require(ids.size() % Uuids.BYTES == 0, "timelines", ids.size());
        timelines.add(new UUID(0, 0));
        for (int at = 0; at < ids.size(); at += Uuids.BYTES) {
            timelines.add(Uuids.ofBytes("timeline", ids.substring(at, at + Uuids.BYTES)));
        }
        Bounds.check("bases", message.getBasesCount(), "pushTransactions", limits.pushTransactions());
        bases.add(Map.of());
        message.getBasesList().forEach(map -> bases.add(bases(map)));
    }

    private Map<String, Checkpoint> bases(Messages.Bases columns) {
        int count = columns.getNameCount();
        Column timeline = new Column("timeline of bases", columns.getTimelineList(), count);
        Column commit = new Column("commit of bases", columns.getCommitList(), count);
        Map<String, Checkpoint> map = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Checkpoint base = new Checkpoint(at("timeline", timelines, timeline.at(i)), commit.at(i));
            String scope = at("scope name", message.getScopeNamesList(), columns.getName(i));
            require(map.put(scope, base) == null, "bases, which name a scope twice", count);
        }
        return Map.copyOf(map);
    }

    private List<ScopePosition> scopes() {
        Messages.ScopePositions columns = message.getScopes();
        int count = columns.getNameCount();
        Bounds.check("scopes", count, "scopesPerDevice", limits.scopesPerDevice());
        Column visibleTimeline = new Column("visible_timeline", columns.getVisibleTimelineList(), count);
        Column visibleCommit = new Column("visible_commit", columns.getVisibleCommitList(), count);
        Column cursorTimeline = new Column("cursor_timeline", columns.getCursorTimelineList(), count);
        Column cursorCommit = new Column("cursor_commit", columns.getCursorCommitList(), count);
        int positions = columns.getPositionCount();
        require(positions == 0 || positions == count, "positions", positions);
        List<ScopePosition> scopes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Checkpoint visible = new Checkpoint(at("timeline", timelines, visibleTimeline.at(i)), visibleCommit.at(i));
            Checkpoint staged = new Checkpoint(at("timeline", timelines, cursorTimeline.at(i)), cursorCommit.at(i));
            Bytes position = positions == 0 ? Bytes.EMPTY : position(columns.getPosition(i));
            scopes.add(new ScopePosition(
                    at("scope name", message.getScopeNamesList(), columns.getName(i)),
                    visible,
                    new Cursor(staged, position)));
        }
        return scopes;
    }

    private Bytes position(ByteString bytes) {
        Bounds.check("bytes of a position", bytes.size(), "valueBytes", limits.valueBytes());
        return Bytes.of(bytes.toByteArray());
    }

    private List<FreshColumns> fresh() {
        List<FreshColumns> fresh = new ArrayList<>(message.getFreshCount());
        for (Messages.FreshColumns columns : message.getFreshList()) {
            columns.getColumnsList().forEach(name -> Bounds.name("the name of a column", name));
            fresh.add(
                    new FreshColumns(Bounds.name("the name of a table", columns.getTable()), columns.getColumnsList()));
        }
        return fresh;
    }

    private List<PushedTransaction> transactions(DeviceClock clock) {
        Messages.Transactions columns = message.getTransactions();
        int count = columns.getChangesCount();
        Bounds.check("transactions", count, "pushTransactions", limits.pushTransactions());
        require(
                columns.getIdTail().size() == count * ID_TAIL,
                "id_tail",
                columns.getIdTail().size());
        Column sequence = new Column("sequence", columns.getSequenceList(), count);
        Column base = new Column("base", columns.getBaseList(), count);
        Column isVoid = new Column("is_void", columns.getIsVoidList(), count);
        List<DeviceClock> clocks = clocks(columns, count, clock);
        Column idTime = new Column("id_time", columns.getIdTimeList(), count);
        Dependencies dependencies = new Dependencies(columns, count);
        List<PushedTransaction> transactions = new ArrayList<>(count);
        long previous = message.getConfirmed();
        for (int i = 0; i < count; i++) {
            previous += sequence.at(i) + 1;
            DeviceClock writtenAt = clocks.get(i);
            transactions.add(new PushedTransaction(
                    id(
                            idTime.at(i) + writtenAt.wallMillis(),
                            columns.getIdTail().substring(i * ID_TAIL)),
                    previous,
                    at("base", bases, base.at(i)),
                    writtenAt,
                    dependencies.next(previous),
                    isVoid.at(i) != 0,
                    changes(columns.getChanges(i))));
        }
        dependencies.requireEnd();
        return transactions;
    }

    private List<DeviceClock> clocks(Messages.Transactions columns, int count, DeviceClock first) {
        Column walls = new Column("wall_millis", columns.getWallMillisList(), count);
        Column drifts = new Column("drift_millis", columns.getDriftMillisList(), count);
        Column boots = new Column("boot", columns.getBootList(), count);
        List<DeviceClock> clocks = new ArrayList<>(count);
        long wall = first.wallMillis();
        long drift = first.elapsedMillis() - first.wallMillis();
        for (int i = 0; i < count; i++) {
            wall += walls.at(i);
            drift += drifts.at(i);
            clocks.add(new DeviceClock(wall, drift + wall, boot(boots.at(i))));
        }
        return clocks;
    }

    private static TransactionId id(long time, ByteString tail) {
        require(time >>> 48 == 0, "id_time", time);
        long high = (time << 16) | ((tail.byteAt(0) & 0xffL) << 8) | (tail.byteAt(1) & 0xffL);
        long low = tail.substring(2, ID_TAIL).asReadOnlyByteBuffer().getLong();
        return new TransactionId(new UUID(high, low));
    }

    private byte[] changes(ByteString bytes) {
        Bounds.check("bytes of a transaction", bytes.size(), "transactionBytes", limits.transactionBytes());
        return bytes.toByteArray();
    }

    private String boot(long place) {
        return at("boot", message.getBootIdsList(), place);
    }

    private static String text(String what, String text) {
        Bounds.check("characters of " + what, text.length(), "of a name", Limits.NAME_CHARS);
        return text;
    }

    private static <T> T at(String what, List<T> table, long place) {
        require(place >= 0 && place < table.size(), what, place);
        return table.get((int) place);
    }

    private static void require(boolean holds, String what, long found) {
        if (!holds) {
            throw WireException.malformed(
                    "a request cannot be read: " + found + " is no possible value or size of " + what);
        }
    }

    /** A list with an element per thing, or none, which stands for zeros. */
    private record Column(String name, List<? extends Number> numbers, int count) {
        Column {
            require(numbers.isEmpty() || numbers.size() == count, name, numbers.size());
        }

        long at(int i) {
            return numbers.isEmpty() ? 0 : numbers.get(i).longValue();
        }
    }

    /** Hands out the elements of one flat list, so many to each transaction. */
    private static final class Dependencies {
        private final Column counts;
        private final List<Long> all;
        private int transaction;
        private int used;

        Dependencies(Messages.Transactions columns, int count) {
            counts = new Column("depends_count", columns.getDependsCountList(), count);
            all = columns.getDependsOnList();
        }

        List<Long> next(long sequence) {
            long count = counts.at(transaction++);
            require(count >= 0 && count <= all.size() - used, "depends_count", count);
            List<Long> sequences = new ArrayList<>((int) count);
            for (int end = used + (int) count; used < end; used++) {
                sequences.add(sequence - all.get(used));
            }
            return sequences;
        }

        void requireEnd() {
            require(used == all.size(), "depends_on", all.size());
        }
    }
}
