package dev.godwit.scheduler;

import java.util.List;

/** Mends what should never be: work that waits for nobody. Runs when a scheduler takes the work over. */
final class WorkRepair {
    private final Statements statements;
    private final WorkMoves moves;

    WorkRepair(Statements statements, WorkMoves moves) {
        this.statements = statements;
        this.moves = moves;
    }

    /** Inside a transaction. */
    void repair(long now) {
        for (WorkRow row :
                rows("where w.state = 0 and w.gate = 4 and w.skey is not null and not exists (select 1 from godwit_work"
                        + " h where h.skey = w.skey and h.skey is not null and (h.state = 1 or h.state = 0 and h.gate < 2 or h.state = 3"
                        + " and h.keystop = 1)) group by w.skey")) {
            moves.promote(row);
        }
        for (WorkRow row : rows("where w.state = 2")) {
            moves.settle(row, now);
        }
    }

    private List<WorkRow> rows(String where) {
        return statements.list(WorkRow::read, "select " + WorkRow.COLUMNS + " from godwit_work w " + where);
    }
}
