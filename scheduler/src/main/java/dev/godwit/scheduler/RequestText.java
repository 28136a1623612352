package dev.godwit.scheduler;

import java.util.Arrays;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is unlike the default, as a text of words that begin with a letter each: {@code d} delay, {@code p} priority,
 * {@code x} expedited, {@code b} backoff (kind, base, min, max), {@code u} budget (attempts, age, time-out, deadline), {@code v}
 * period (interval, flex, anchor, catch-up), {@code m} merge, {@code n} policy of the name. The rest of a request has columns.
 */
final class RequestText {
    private RequestText() {}

    /** The text; null if all is as by default. */
    static @Nullable String of(WorkRequest request) {
        StringBuilder text = new StringBuilder();
        if (request.delayMillis() > 0) {
            text.append(" d").append(request.delayMillis());
        }
        if (request.priority() != 0) {
            text.append(" p").append(request.priority());
        }
        if (request.isExpedited()) {
            text.append(" x");
        }
        Backoff b = request.backoff();
        if (!b.equals(Backoff.DEFAULT)) {
            text.append(" b" + b.kind() + "," + b.baseMillis() + "," + b.minMillis() + "," + b.maxMillis());
        }
        Budget u = request.budget();
        if (!u.equals(Budget.DEFAULT)) {
            text.append(
                    " u" + u.attempts() + "," + u.ageMillis() + "," + u.timeoutMillis() + "," + u.deadlineWallMillis());
        }
        Period v = request.period();
        if (v != null) {
            text.append(
                    " v" + v.intervalMillis() + "," + v.flexMillis() + "," + v.anchorWallMillis() + "," + v.catchUp());
        }
        if (request.merge() != InputMerge.OVERWRITE) {
            text.append(" m").append(request.merge());
        }
        UniqueName name = request.name();
        if (name != null && name.policy() != UniqueName.Policy.KEEP) {
            text.append(" n").append(name.policy());
        }
        return text.length() == 0 ? null : text.substring(1);
    }

    /** The request of a row. */
    static WorkRequest read(WorkRow row, WorkData input, Constraint own, SortedSet<String> tags) {
        Words words = new Words(row.spec() == null ? "" : row.spec());
        String[] b = words.list("b");
        String[] u = words.list("u");
        String[] v = words.list("v");
        String policy = words.text("n", UniqueName.Policy.KEEP.name());
        return new WorkRequest(
                row.worker(),
                input,
                own,
                words.number("d"),
                (int) words.number("p"),
                words.has("x"),
                row.key(),
                row.isKeyStop() ? KeyRule.STOP : KeyRule.GO_ON,
                row.name() == null ? null : new UniqueName(row.name(), UniqueName.Policy.valueOf(policy)),
                tags,
                b.length == 0
                        ? Backoff.DEFAULT
                        : new Backoff(Backoff.Kind.valueOf(b[0]), number(b[1]), number(b[2]), number(b[3])),
                u.length == 0
                        ? Budget.DEFAULT
                        : new Budget((int) number(u[0]), number(u[1]), number(u[2]), number(u[3])),
                v.length == 0
                        ? null
                        : new Period(number(v[0]), number(v[1]), number(v[2]), Period.CatchUp.valueOf(v[3])),
                InputMerge.valueOf(words.text("m", InputMerge.OVERWRITE.name())));
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }

    /** A text by its words. */
    private record Words(String text) {
        String text(String letter, String otherwise) {
            return Arrays.stream(text.split(" "))
                    .filter(word -> word.startsWith(letter))
                    .map(word -> word.substring(1))
                    .findFirst()
                    .orElse(otherwise);
        }

        boolean has(String letter) {
            return !text(letter, "no").equals("no");
        }

        long number(String letter) {
            return Long.parseLong(text(letter, "0"));
        }

        String[] list(String letter) {
            String list = text(letter, "");
            return list.isEmpty() ? new String[0] : list.split(",");
        }
    }
}
