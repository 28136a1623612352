package dev.godwit.client;

import java.util.List;

/**
 * An application that keeps its objects in a store of its own and exchanges changes now and then. {@link ObjectSync} calls it,
 * on the caller's thread and holding no lock; it may use the database, but not the same {@code ObjectSync}.
 *
 * <p>A call may be repeated with the same objects, after a crash or when somebody has changed a row meanwhile: taking an object
 * into the store again must do nothing.
 *
 * @param <T> the object
 */
public interface BackgroundSyncable<T> {

    /**
     * Both sides' changes since the last time meet.
     *
     * @param localChanges what the application says it has changed
     * @param remoteChanges what others have changed or inserted, as it is now
     * @return what the application makes of them
     */
    SyncResult<T> synchronize(List<T> localChanges, List<T> remoteChanges);

    /**
     * Decides about an object that changed on both sides, for each of {@link SyncResult#conflicts}; the answer has the same key,
     * is written, and is in the application's store too.
     */
    T resolveConflicts(T local, T remote);

    /** Others have deleted these, given as they last were. */
    default void removed(List<T> objects) {}

    /**
     * What an application makes of both sides' changes; not to be confused with {@link dev.godwit.client.SyncResult}, which
     * is what the network part of a sync did.
     *
     * @param applied of the remote changes, those that are in the application's store now; what is neither here nor in a
     *     conflict is given again the next time
     * @param toSend what shall be written to the database, and travel from there
     * @param conflicts objects that changed on both sides, for {@link BackgroundSyncable#resolveConflicts}
     */
    record SyncResult<T>(List<T> applied, List<T> toSend, List<Collision<T>> conflicts) {
        /** Copies the lists. */
        public SyncResult {
            applied = List.copyOf(applied);
            toSend = List.copyOf(toSend);
            conflicts = List.copyOf(conflicts);
        }
    }

    /** One object as it is on both sides. */
    record Collision<T>(T local, T remote) {}
}
