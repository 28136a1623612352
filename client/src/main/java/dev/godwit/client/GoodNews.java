package dev.godwit.client;

import java.util.HashMap;
import java.util.Map;

/** Good news, and which of it came while a sync ran that had begun without it. Safe for use by many threads. */
final class GoodNews {
    private final Map<String, Heard> begun = new HashMap<>();
    private Heard heard = new Heard(0, 0);

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
    synchronized void tell(boolean isLogin) {
        heard = heard.with(isLogin);
    }

    /** A work begins, and makes the best of what there was. */
    synchronized void begins(String work) {
        begun.put(work, heard);
    }

    /** What came since a work began; nothing if it never did. */
    synchronized Heard since(String work) {
        Heard before = begun.get(work);
        return heard.since(before == null ? heard : before);
    }
}
