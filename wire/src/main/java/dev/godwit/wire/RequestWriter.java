package dev.godwit.wire;

import com.google.protobuf.ByteString;
import dev.godwit.model.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Encodes a request. Its transactions are columns too: what is the same for many of them is sent once and pointed to,
 * what grows evenly is sent as differences, and what is zero throughout is left out.
 */
final class RequestWriter {

    private static final UUID NIL = new UUID(0, 0);

    private final SyncRequest request;
    private final Messages.SyncRequest.Builder message = Messages.SyncRequest.newBuilder();
    private final Interned<String> boots = new Interned<>();
    private final Interned<String> scopes = new Interned<>();
    private final Interned<UUID> timelines = new Interned<>();
    private final Interned<Map<String, Checkpoint>> bases = new Interned<>();

    RequestWriter(SyncRequest request) {
        this.request = request;
        timelines.of(NIL);
        bases.of(Map.of());
        boots.of(request.clock().bootId());
    }

    Messages.SyncRequest write() {
        message.setRequestId(request.requestId())
                .setDevice(Uuids.toBytes(request.device().value()))
                .setConfirmed(request.confirmed())
                .setWallMillis(request.clock().wallMillis())
                .setElapsedMillis(request.clock().elapsedMillis())
                .setApplication(Texts.wellFormed(request.application()))
                .setTakesEdits(request.takesEdits());
        writeScopes();
        writeFresh();
        writeTransactions();
        writeTables();
        return message.build();
    }

    private void writeScopes() {
        if (request.scopes().isEmpty()) {
            return;
        }
        Messages.ScopePositions.Builder positions = Messages.ScopePositions.newBuilder();
        boolean anyPosition = false;
        for (ScopePosition scope : request.scopes()) {
            Cursor cursor = scope.cursor();
            positions
                    .addName(scopes.of(scope.scope()))
                    .addVisibleTimeline(timelines.of(scope.visible().timeline()))
                    .addVisibleCommit(scope.visible().commit())
                    .addCursorTimeline(timelines.of(cursor.at().timeline()))
                    .addCursorCommit(cursor.at().commit())
                    .addPosition(ByteString.copyFrom(cursor.position().value()));
            anyPosition |= !cursor.position().isEmpty();
        }
        message.setScopes(anyPosition ? positions : positions.clearPosition());
    }

    private void writeFresh() {
        for (FreshColumns fresh : request.fresh()) {
            message.addFresh(
                    Messages.FreshColumns.newBuilder().setTable(fresh.table()).addAllColumns(fresh.columns()));
        }
    }

    private void writeTransactions() {
        if (request.transactions().isEmpty()) {
            return;
        }
        Messages.Transactions.Builder columns = Messages.Transactions.newBuilder();
        writePlaces(columns);
        writeClocks(columns);
        writeIds(columns);
        writeDependencies(columns);
        message.setTransactions(columns);
    }

    private void writePlaces(Messages.Transactions.Builder columns) {
        List<Long> sequences = new ArrayList<>();
        List<Integer> basePlaces = new ArrayList<>();
        List<Integer> voids = new ArrayList<>();
        long previous = request.confirmed();
        for (PushedTransaction transaction : request.transactions()) {
            columns.addChanges(ByteString.copyFrom(transaction.changes()));
            sequences.add(transaction.sequence() - previous - 1);
            basePlaces.add(bases.of(transaction.bases()));
            voids.add(transaction.isVoid() ? 1 : 0);
            previous = transaction.sequence();
        }
        columns.addAllSequence(unlessZeros(sequences))
                .addAllBase(unlessZeros(basePlaces))
                .addAllIsVoid(unlessZeros(voids));
    }

    private void writeClocks(Messages.Transactions.Builder columns) {
        List<Long> walls = new ArrayList<>();
        List<Long> drifts = new ArrayList<>();
        List<Integer> bootPlaces = new ArrayList<>();
        DeviceClock previous = request.clock();
        for (PushedTransaction transaction : request.transactions()) {
            DeviceClock clock = transaction.writtenAt();
            walls.add(clock.wallMillis() - previous.wallMillis());
            drifts.add(drift(clock) - drift(previous));
            bootPlaces.add(boots.of(clock.bootId()));
            previous = clock;
        }
        columns.addAllWallMillis(unlessZeros(walls))
                .addAllDriftMillis(unlessZeros(drifts))
                .addAllBoot(unlessZeros(bootPlaces));
    }

    private static long drift(DeviceClock clock) {
        return clock.elapsedMillis() - clock.wallMillis();
    }

    private void writeIds(Messages.Transactions.Builder columns) {
        List<Long> times = new ArrayList<>();
        ByteSink tails = new ByteSink();
        for (PushedTransaction transaction : request.transactions()) {
            UUID id = transaction.id().value();
            times.add((id.getMostSignificantBits() >>> 16)
                    - transaction.writtenAt().wallMillis());
            tails.bigEndian(id.getMostSignificantBits(), 2);
            tails.bigEndian(id.getLeastSignificantBits(), 8);
        }
        columns.addAllIdTime(unlessZeros(times)).setIdTail(tails.toByteString());
    }

    private void writeDependencies(Messages.Transactions.Builder columns) {
        List<Integer> counts = new ArrayList<>();
        for (PushedTransaction transaction : request.transactions()) {
            counts.add(transaction.dependsOn().size());
            for (long sequence : transaction.dependsOn()) {
                columns.addDependsOn(transaction.sequence() - sequence);
            }
        }
        columns.addAllDependsCount(unlessZeros(counts));
    }

    private static <N extends Number> List<N> unlessZeros(List<N> numbers) {
        return numbers.stream().allMatch(n -> n.longValue() == 0) ? List.of() : numbers;
    }

    /** Last, since everything above adds to the tables. Bases come first, since they add to the others. */
    private void writeTables() {
        for (Map<String, Checkpoint> map :
                bases.things().subList(1, bases.things().size())) {
            message.addBases(bases(map));
        }
        ByteSink ids = new ByteSink();
        for (UUID timeline : timelines.things().subList(1, timelines.things().size())) {
            ids.bigEndian(timeline.getMostSignificantBits(), 8);
            ids.bigEndian(timeline.getLeastSignificantBits(), 8);
        }
        message.setTimelines(ids.toByteString());
        boots.things().forEach(boot -> message.addBootIds(Texts.wellFormed(boot)));
        scopes.things().forEach(scope -> message.addScopeNames(Texts.wellFormed(scope)));
    }

    private Messages.Bases bases(Map<String, Checkpoint> map) {
        Messages.Bases.Builder encoded = Messages.Bases.newBuilder();
        new TreeMap<>(map)
                .forEach((scope, base) -> encoded.addName(scopes.of(scope))
                        .addTimeline(timelines.of(base.timeline()))
                        .addCommit(base.commit()));
        return encoded.build();
    }
}
