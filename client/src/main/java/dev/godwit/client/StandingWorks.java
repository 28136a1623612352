package dev.godwit.client;

import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.Work;

/**
 * The works that are there whatever happens: the periodic sync and the maintenance. How often the server wants the periodic sync
 * is kept in that work, so it is as durable as the work, and the next start of the application finds it.
 */
final class StandingWorks {
    private final Scheduler scheduler;
    private final SyncRequests requests;

    StandingWorks(Scheduler scheduler, SyncRequests requests) {
        this.scheduler = scheduler;
        this.requests = requests;
    }

    /** Enqueues them as the application wants them now, and the server has wanted them. */
    void enqueue() {
        periodic(scheduler
                .newest(BackgroundSync.PERIODIC)
                .map(Work::request)
                .map(SyncRequests::asked)
                .orElse(0L));
        scheduler.enqueue(requests.maintenance());
    }

    /** What the server says in each answer. A work that somebody has cancelled stays so until the next start. */
    void pace(long askedMillis) {
        boolean isOther = scheduler
                .newest(BackgroundSync.PERIODIC)
                .filter(work -> !work.state().isFinished() && SyncRequests.asked(work.request()) != askedMillis)
                .isPresent();
        if (isOther) {
            periodic(askedMillis);
        }
    }

    private void periodic(long askedMillis) {
        scheduler.enqueue(requests.periodic(askedMillis, scheduler.limits().intervalMinMillis()));
    }
}
