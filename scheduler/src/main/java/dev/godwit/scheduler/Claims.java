package dev.godwit.scheduler;

import java.util.Optional;
import java.util.TreeSet;

/** Turns works that may run into works that do: reads what they ask for, puts their input together, and marks them as running. */
final class Claims {
    private final Statements statements;
    private final WorkMoves moves;
    private final WorkLimits limits;
    private final Settlement.Moment now;
    private final Hosts hosts;

    Claims(WorkStore store, Settlement.Moment now, Hosts hosts) {
        this.statements = store.statements();
        this.moves = store.moves();
        this.limits = store.limits();
        this.now = now;
        this.hosts = hosts;
    }

    /** A work that begins now: its row as of the claim, its input and its time-out. */
    record Claim(WorkRow row, WorkData input, long timeoutMillis) {}

    /** A row that may run, with its input; and whether outputs of others belong to it. */
    record Ready(WorkRow row, byte[] input, boolean hasNeeds) {
        Dispatch.Candidate candidate() {
            boolean isExpedited = (" " + row.spec() + " ").contains(" x ");
            return new Dispatch.Candidate(row.id(), row.worker(), isExpedited, row.rank(), row.key());
        }
    }

    /** Claims a row, inside a transaction; nothing if it cannot run, which its row then says, or does not wait any more. */
    Optional<Claim> claim(Ready ready) {
        WorkRow row = ready.row();
        WorkTransitions.after(row.workId(), row.state(), WorkEvent.STARTED);
        WorkData own;
        WorkRequest request;
        try {
            own = ready.input().length == 0 ? WorkData.EMPTY : WorkData.decode(ready.input());
            request = RequestText.read(row, own, Constraint.NONE, new TreeSet<>());
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            String damaged = "its row is damaged and cannot be read (" + e.getMessage() + "); enqueue it again";
            moves.move(row, Move.of(WorkEvent.CANCELLED, row).because(damaged), null, now.tick());
            return Optional.empty();
        }
        WorkData input = ready.hasNeeds() ? merged(row, own, request.merge()) : own;
        int bytes = ready.hasNeeds() ? input.encode().length : 0;
        if (bytes > limits.dataBytes()) {
            String reason = "its input with the outputs of what it needs has " + bytes
                    + " bytes, above the limit dataBytes of " + limits.dataBytes();
            moves.move(row, Move.parked(row, row.attempts(), ParkReason.INPUT, reason), null, now.tick());
            return Optional.empty();
        }
        long changed = statements.run(
                "update godwit_work set state = 1, token = token + 1, waiting = ?, dirty = 0 where id = ? and state = 0",
                now.tick(),
                row.id());
        if (changed == 0) {
            return Optional.empty();
        }
        moves.began(row);
        hosts.asked(moves.constraint(row.own()));
        return Optional.of(
                new Claim(row.started(now.tick()), input, request.budget().timeoutMillis()));
    }

    private WorkData merged(WorkRow row, WorkData own, InputMerge merge) {
        WorkData input = merge == InputMerge.COLLECT ? own.collectedWith(WorkData.EMPTY) : own;
        for (WorkData output : statements.list(
                each -> WorkData.decode(each.columnBlob(0)),
                "select p.output from godwit_work_need n join godwit_work p on p.id = n.need where n.work = ? and p.output is not"
                        + " null order by n.place",
                row.id())) {
            input = merge == InputMerge.COLLECT ? input.collectedWith(output) : input.overwrittenBy(output);
        }
        return input;
    }
}
