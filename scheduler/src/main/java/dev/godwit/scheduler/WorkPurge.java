package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.List;

/** Forgets what has ended long ago: the oldest of what is finished beyond its bound, unless something unfinished needs it. */
final class WorkPurge {
    private final Statements statements;
    private final WorkLimits limits;

    WorkPurge(Statements statements, WorkLimits limits) {
        this.statements = statements;
        this.limits = limits;
    }

    /** Inside a transaction. */
    void purge() {
        statements.just(
                "delete from godwit_work_run where run <= (select max(run) from godwit_work_run) - ?",
                limits.runsKept());
        long finished = statements.number(0, "select count(*) from godwit_work where state in (4, 5) and state <> 0");
        List<Long> bare = new ArrayList<>();
        List<Long> tied = new ArrayList<>();
        statements.list(
                row -> (row.columnLong(1) == 0 ? bare : tied).add(row.columnLong(0)),
                "select id, exists (select 1 from godwit_work_need where work = w.id or need = w.id) or exists (select 1 from"
                        + " godwit_work_tag where work = w.id) or exists (select 1 from godwit_work_note where work = w.id)"
                        + " from godwit_work w where w.state in (4, 5) and w.state <> 0 and not exists (select 1 from godwit_work_need n join"
                        + " godwit_work f on f.id = n.work where n.need = w.id and f.state < 4) order by w.id limit ?",
                Math.max(0, finished - limits.finishedKept()));
        for (long id : tied) {
            statements.just("delete from godwit_work_need where work = ?", id);
            statements.just("delete from godwit_work_need where need = ?", id);
            statements.just("delete from godwit_work_tag where work = ?", id);
            statements.just("delete from godwit_work_note where work = ?", id);
        }
        bare.addAll(tied);
        bare.forEach(id -> statements.just("delete from godwit_work where id = ?", id));
    }
}
