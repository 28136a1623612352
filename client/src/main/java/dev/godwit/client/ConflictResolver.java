package dev.godwit.client;

/**
 * Decides about whole rows for applications that think in objects: a three-way merge over records. It is asked when values of
 * a row that this device wrote lost to others' and wait in the conflict inbox. Pure: the answer depends on the three and
 * nothing else, and has no effect. Called on a thread of its own, which holds no lock; it may take {@code Limits.resolverMillis}.
 *
 * <p>For example, over {@code record Task(String id, @Nullable String owner, @Nullable String place)}: who is there decides
 * who owns it, so that the two values go together.
 *
 * <pre>{@code
 * options.withResolver(Task.class, "task", (base, local, remote) ->
 *         Objects.equals(base.place(), remote.place()) ? local : remote);
 * }</pre>
 *
 * @param <T> the record; see {@link Records}
 */
public interface ConflictResolver<T extends Record> {

    /**
     * What the row shall be. Whatever is thrown leaves the entries of the inbox to a person.
     *
     * @param base the row as it is, with the values that this device's lost ones had replaced; NULL where that is not known
     * @param local the row as it is, with the values of this device that lost
     * @param remote the row as it is
     * @return the row with the same key; null is a failure
     */
    T resolve(T base, T local, T remote);
}
