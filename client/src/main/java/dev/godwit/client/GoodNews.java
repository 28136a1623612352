package dev.godwit.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Good news, and which of it came while a sync ran that had begun without it. Safe for use by many threads. */
final class GoodNews {
    private final AtomicReference<Heard> heard = new AtomicReference<>(new Heard(0, 0));
    private final Map<String, Heard> begun = new ConcurrentHashMap<>();

    /**
     * How much there was.
     *
     * @param all news
     * @param logins what of it may be a new token
     */
    record Heard(long all, long logins) {
        private Heard with(boolean isLogin) {
            return new Heard(all + 1, logins + (isLogin ? 1 : 0));
        }

        private Heard since(Heard before) {
            return new Heard(all - before.all, logins - before.logins);
        }
    }

    /** There is some. */
    void tell(boolean isLogin) {
        heard.updateAndGet(before -> before.with(isLogin));
    }

    /** A work begins, and makes the best of what there was. */
    void begins(String work) {
        begun.put(work, heard.get());
    }

    /** What came since a work began; nothing if it never did. */
    Heard since(String work) {
        Heard now = heard.get();
        return now.since(begun.getOrDefault(work, now));
    }
}
