package dev.godwit.scheduler;

/** Holds a request against the limits. */
final class RequestBounds {
    private final WorkRequest request;

    private RequestBounds(WorkRequest request) {
        this.request = request;
    }

    /**
     * Checks what depends on limits.
     *
     * @throws IllegalArgumentException that names the limit
     */
    static void check(WorkRequest request, WorkLimits limits) {
        RequestBounds bounds = new RequestBounds(request);
        bounds.chars("worker", request.worker(), limits);
        bounds.chars("key", request.serialKey().orElse(""), limits);
        bounds.chars("name", request.uniqueName().map(UniqueName::name).orElse(""), limits);
        request.tags().forEach(tag -> bounds.chars("tag", tag, limits));
        bounds.most("tags", request.tags().size(), "tags", limits.tags());
        bounds.most("bytes of input", request.input().encode().length, "dataBytes", limits.dataBytes());
        Budget budget = request.budget();
        bounds.most("timeoutMillis", budget.timeoutMillis(), "timeoutMaxMillis", limits.timeoutMaxMillis());
        Backoff backoff = request.backoff();
        bounds.most("maxMillis of the backoff", backoff.maxMillis(), "backoffMaxMillis", limits.backoffMaxMillis());
        bounds.least("baseMillis of the backoff", backoff.baseMillis(), "backoffMinMillis", limits.backoffMinMillis());
        request.every()
                .ifPresent(period -> bounds.least(
                        "intervalMillis", period.intervalMillis(), "intervalMinMillis", limits.intervalMinMillis()));
    }

    private void chars(String what, String text, WorkLimits limits) {
        most("characters of " + what, text.length(), "nameChars", limits.nameChars());
    }

    private void most(String what, long value, String limit, long bound) {
        if (value > bound) {
            throw bad(what + ": " + value + " is above the limit " + limit + " of " + bound);
        }
    }

    private void least(String what, long value, String limit, long bound) {
        if (value < bound) {
            throw bad(what + ": " + value + " is below the limit " + limit + " of " + bound);
        }
    }

    private IllegalArgumentException bad(String why) {
        return new IllegalArgumentException("request for " + request.worker() + ": " + why);
    }
}
