package dev.godwit.client;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The live queries of one database, asked again on a thread of their own. Safe for use by many threads. */
final class LiveQueries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveQueries.class);

    private final Asker asker;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final ExecutorService thread;

    /** Asks a query. */
    interface Asker {
        List<Row> ask(LiveQuery query);
    }

    LiveQueries(Asker asker) {
        this.asker = asker;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread live = new Thread(work, "godwit-live-queries");
            live.setDaemon(true);
            return live;
        });
    }

    void subscribe(LiveQuery query, Flow.Subscriber<? super List<Row>> subscriber) {
        Subscription subscription = new Subscription(query, subscriber);
        subscriptions.add(subscription);
        later(() -> {
            subscriber.onSubscribe(subscription);
            subscription.changed();
        });
    }

    /** Whether anybody subscribes. */
    boolean isWatched() {
        return !subscriptions.isEmpty();
    }

    /** Rows of these tables may read differently now. */
    void changed(Set<String> tables) {
        if (!tables.isEmpty()) {
            for (Subscription subscription : subscriptions) {
                if (subscription.query.reads(tables)) {
                    subscription.changedSoon();
                }
            }
        }
    }

    /** Runs something on the thread of live queries. */
    void later(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException closed) {
            LOG.debug("a live query changed after the database was closed");
        }
    }

    @Override
    public void close() {
        for (Subscription subscription : subscriptions) {
            later(subscription::complete);
        }
        thread.shutdown();
    }

    /** One subscriber; everything but {@link #request}, {@link #cancel} and {@link #changedSoon} runs on the thread of live queries. */
    private final class Subscription implements Flow.Subscription {
        private final LiveQuery query;
        private final Flow.Subscriber<? super List<Row>> subscriber;
        private final AtomicBoolean isAsked = new AtomicBoolean();
        private long wanted;
        private boolean dirty;

        Subscription(LiveQuery query, Flow.Subscriber<? super List<Row>> subscriber) {
            this.query = query;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            later(() -> {
                wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
                publish();
            });
        }

        @Override
        public void cancel() {
            subscriptions.remove(this);
        }

        /** As many changes as come while a subscriber is busy are one: nothing piles up behind one that blocks. */
        void changedSoon() {
            if (isAsked.compareAndSet(false, true)) {
                later(() -> {
                    isAsked.set(false);
                    changed();
                });
            }
        }

        void changed() {
            dirty = true;
            publish();
        }

        private void publish() {
            if (!dirty || wanted <= 0 || !subscriptions.contains(this)) {
                return;
            }
            dirty = false;
            wanted--;
            try {
                subscriber.onNext(asker.ask(query));
            } catch (RuntimeException | Error broken) {
                drop(broken);
            }
        }

        /** Nothing leaves this thread: on Android that would end the process. */
        private void drop(Throwable broken) {
            subscriptions.remove(this);
            LOG.warn("a live query or its subscriber failed and was dropped: {}", query.sql(), broken);
            try {
                subscriber.onError(broken);
            } catch (RuntimeException | Error deaf) {
                LOG.warn("the subscriber failed again when it was told", deaf);
            }
        }

        void complete() {
            if (subscriptions.remove(this)) {
                subscriber.onComplete();
            }
        }
    }
}
