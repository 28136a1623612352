package dev.godwit.scheduler;

import dev.godwit.scheduler.Enqueued.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes rows of requests, inside a transaction of somebody else. Not safe for use by two threads. */
final class WorkInsert {
    private final Statements statements;
    private final WorkMoves moves;
    private final WorkLimits limits;
    private final LongSupplier ids;
    private final Quota quota;

    WorkInsert(Statements statements, WorkMoves moves, WorkLimits limits, LongSupplier ids, Quota quota) {
        this.statements = statements;
        this.moves = moves;
        this.limits = limits;
        this.ids = ids;
        this.quota = quota;
    }

    /** One request, under its unique name if it has one. */
    Enqueued insert(WorkRequest request, Settlement.Moment now) {
        RequestBounds.check(request, limits);
        UniqueName name = request.name();
        if (name == null) {
            takePlaces(1);
            return isNew(row(request, null, List.of(), now));
        }
        return switch (name.policy()) {
            case UPDATE, COALESCE -> existing(request, name, now);
            case KEEP_OR_REPEAT -> kept(request, name, now);
            default -> {
                Opened opened = open(name, 1, now);
                yield opened.kept() != 0
                        ? new Enqueued(new WorkId(opened.kept()), Result.KEPT)
                        : isNew(row(request, name.name(), opened.needs(), now));
            }
        };
    }

    /** A chain, under its unique name if it has one. By the names of its steps. */
    Map<String, Enqueued> insert(WorkChain chain, Settlement.Moment now) {
        chain.check(limits);
        Map<String, Enqueued> enqueued = new LinkedHashMap<>();
        UniqueName name = chain.name();
        List<WorkChain.Step> steps = chain.inOrder();
        Opened opened = new Opened(0, List.of());
        if (name == null) {
            takePlaces(steps.size());
        } else {
            opened = open(name, steps.size(), now);
        }
        for (WorkChain.Step step : steps) {
            if (opened.kept() != 0) {
                enqueued.put(step.name(), new Enqueued(new WorkId(opened.kept()), Result.KEPT));
                continue;
            }
            List<Need> needs = new ArrayList<>(step.needs().isEmpty() ? opened.needs() : List.of());
            step.needs().forEach((need, onFailure) -> needs.add(new Need(enqueued(enqueued, need), onFailure)));
            enqueued.put(step.name(), isNew(row(step.request(), name == null ? null : name.name(), needs, now)));
        }
        return enqueued;
    }

    private static long enqueued(Map<String, Enqueued> done, String step) {
        Enqueued found = done.get(step);
        if (found == null) {
            throw new IllegalStateException("step " + step + " comes after what needs it");
        }
        return found.id().value();
    }

    private static Enqueued isNew(long id) {
        return new Enqueued(new WorkId(id), Result.NEW);
    }

    private record Need(long id, boolean onFailure) {}

    /** What a unique name leaves to do: nothing but to keep one, or to insert after others. */
    private record Opened(long kept, List<Need> needs) {}

    /** Changes nothing if there is no place for what is to follow. */
    private Opened open(UniqueName name, int places, Settlement.Moment now) {
        switch (name.policy()) {
            case KEEP -> {
                long kept = live(name.name());
                if (kept == 0) {
                    takePlaces(places);
                }
                return new Opened(kept, List.of());
            }
            case REPLACE -> replaceAll(name.name(), places, now);
            case APPEND_OR_REPLACE -> {
                if (parked(name.name()) == 0) {
                    takePlaces(places);
                } else {
                    replaceAll(name.name(), places, now);
                }
            }
            case APPEND -> takePlaces(places);
            default ->
                throw new IllegalArgumentException("a chain cannot have the policy " + name.policy() + " for its name "
                        + name.name() + "; use KEEP, REPLACE, APPEND or APPEND_OR_REPLACE");
        }
        return new Opened(0, leaves(name.name()));
    }

    private void replaceAll(String name, int places, Settlement.Moment now) {
        List<Long> replaced = statements.numbers("select id from godwit_work where name = ? and state < 4", name);
        takePlaces(Math.max(0, places - replaced.size()));
        for (long id : replaced) {
            moves.cancel(id, "replaced by another of the name " + name, StopReason.REPLACED, now.tick());
        }
    }

    private void takePlaces(int places) {
        long pending = quota.take(places, this::pending);
        if (pending >= 0) {
            throw new IllegalStateException(
                    pending + " works are not finished, and " + places + " more are above the limit"
                            + " pendingWorks of " + limits.pendingWorks()
                            + "; cancel what is parked, ask under a unique name instead of once more each time, or raise the limit");
        }
    }

    /** In parts that have an index each. */
    private long pending() {
        return statements.number(0, "select count(*) from godwit_work where state in (1, 2, 3) and state <> 0")
                + statements.number(0, "select count(*) from godwit_work where state = 0 and gate = 0")
                + statements.number(0, "select count(*) from godwit_work where state = 0 and gate between 1 and 2")
                + statements.number(0, "select count(*) from godwit_work where state = 0 and gate = 3")
                + statements.number(
                        0, "select count(*) from godwit_work where skey is not null and state = 0 and gate = 4");
    }

    private long live(String name) {
        return statements.number(
                0, "select id from godwit_work where name = ? and state in (0, 1, 2) order by id limit 1", name);
    }

    private long parked(String name) {
        return statements.number(
                0, "select id from godwit_work where name = ? and state = 3 order by id desc limit 1", name);
    }

    /** Unfinished works of a name that no other of that name needs. */
    private List<Need> leaves(String name) {
        return statements.list(
                row -> new Need(row.columnLong(0), false),
                "select w.id from godwit_work w where w.name = ? and w.state < 4 and not exists (select 1 from godwit_work_need n"
                        + " join godwit_work f on f.id = n.work where n.need = w.id and f.name = w.name and f.state <> 5)",
                name);
    }

    private Enqueued kept(WorkRequest request, UniqueName name, Settlement.Moment now) {
        long waiting = live(name.name());
        long id = waiting != 0 ? waiting : parked(name.name());
        if (id == 0) {
            takePlaces(1);
            return isNew(row(request, name.name(), List.of(), now));
        }
        long running = WorkState.RUNNING.number();
        statements.just("update godwit_work set dirty = 1 where id = ? and state = ? and dirty = 0", id, running);
        return new Enqueued(new WorkId(id), Result.KEPT);
    }

    private Enqueued existing(WorkRequest request, UniqueName name, Settlement.Moment now) {
        boolean coalesce = name.policy() == UniqueName.Policy.COALESCE;
        long id = live(name.name());
        if (id == 0 && coalesce) {
            id = parked(name.name());
        }
        WorkRow row = id == 0 ? null : moves.find(id).orElse(null);
        if (row == null) {
            takePlaces(1);
            return isNew(row(request, name.name(), List.of(), now));
        }
        WorkRequest old = moves.request(row);
        if ((old.period() == null) != (request.period() == null)) {
            throw new IllegalArgumentException("work " + row.workId() + " of the name " + name.name()
                    + " cannot become periodic, or cease to be; cancel it, or use REPLACE");
        }
        update(row, old, request, now);
        if (!coalesce) {
            boolean runs = row.state() == WorkState.RUNNING;
            return new Enqueued(row.workId(), runs ? Result.UPDATED_FOR_NEXT_RUN : Result.UPDATED);
        }
        if (row.state() == WorkState.RUNNING) {
            statements.just("update godwit_work set dirty = 1 where id = ?", row.id());
        } else if (row.state() == WorkState.PARKED) {
            moves.requeue(row, now.tick());
        }
        return new Enqueued(row.workId(), Result.COALESCED);
    }

    /** Another request for the same row; what it waits for and how often it failed stays. */
    private void update(WorkRow row, WorkRequest old, WorkRequest request, Settlement.Moment now) {
        if (!Objects.equals(old.key(), request.key())) {
            throw new IllegalArgumentException("work " + row.workId() + " has the key " + old.key()
                    + " and cannot take " + request.key() + "; cancel it, or use REPLACE");
        }
        if (old.withInput(request.input()).equals(request)) {
            statements.just("update godwit_work set input = ? where id = ?", input(request), row.id());
            return;
        }
        long own = moves.number(request.constraint());
        long opens = row.opens();
        Period period = request.period();
        if (period != null && row.gate() == WorkRow.PERIOD && old.period() != null) {
            opens += period.wait(false) - old.period().wait(false);
        } else if (period != null && !period.equals(old.period()) && row.gate() == WorkRow.CALENDAR) {
            opens = period.opensAfter(now.wall());
        }
        statements.just(
                "update godwit_work set worker = ?, opens = ?, rank = ?, cons = case cons when own then ? else cons end, own = ?,"
                        + " keystop = ?, expires = ?, deadline = ?, spec = ?, input = ? where id = ?",
                request.worker(),
                opens,
                Settlement.rank(request, row.since(), limits.ageingMillis()),
                own,
                own,
                request.keyRule() == KeyRule.STOP,
                expires(request, row.since()),
                deadline(request),
                RequestText.of(request),
                input(request),
                row.id());
        statements.just("delete from godwit_work_tag where work = ?", row.id());
        tags(request, row.id());
    }

    private long row(WorkRequest request, @Nullable String name, List<Need> needs, Settlement.Moment now) {
        long id = ids.getAsLong();
        int place = 0;
        for (Need need : needs) {
            statements.just(
                    "insert into godwit_work_need (work, need, onfailure, place) values (?, ?, ?, ?)",
                    id,
                    need.id(),
                    need.onFailure(),
                    place++);
        }
        boolean blocked = !needs.isEmpty() && moves.needs(id) != Needs.READY;
        Settlement.Opening opening = blocked ? new Settlement.Opening(WorkRow.OPEN, 0) : Settlement.first(request, now);
        boolean takesKey = !blocked && opening.gate() < WorkRow.PERIOD && request.key() != null;
        int gate =
                takesKey && moves.hasAnotherHead(String.valueOf(request.key()), id) ? WorkRow.BEHIND : opening.gate();
        long own = moves.number(request.constraint());
        statements.just(
                "insert into godwit_work (id, worker, state, gate, opens, held, rank, cons, own, since, waiting, token, attempts,"
                        + " stops, dirty, keystop, expires, deadline, skey, name, spec, input)"
                        + " values (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?)",
                id,
                request.worker(),
                (blocked ? WorkState.BLOCKED : WorkState.ENQUEUED).number(),
                gate,
                opening.opens(),
                Settlement.rank(request, now.tick(), limits.ageingMillis()),
                own,
                own,
                now.tick(),
                now.tick(),
                request.keyRule() == KeyRule.STOP,
                expires(request, now.tick()),
                deadline(request),
                request.key(),
                name,
                RequestText.of(request),
                input(request));
        tags(request, id);
        return id;
    }

    private void tags(WorkRequest request, long id) {
        for (String tag : request.tags()) {
            statements.just("insert into godwit_work_tag (tag, work) values (?, ?)", tag, id);
        }
    }

    private static byte @Nullable [] input(WorkRequest request) {
        return request.input().isEmpty() ? null : request.input().encode();
    }

    private static @Nullable Long expires(WorkRequest request, long since) {
        long age = request.budget().ageMillis();
        return age == 0 ? null : Long.valueOf(since + age);
    }

    private static @Nullable Long deadline(WorkRequest request) {
        long wall = request.budget().deadlineWallMillis();
        return wall == 0 ? null : Long.valueOf(wall);
    }
}
