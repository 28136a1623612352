package dev.godwit.scheduler;

/** What an item of a {@link SyncQueue} is in the table. Pure; called on any thread. What it throws names the item's trouble. */
public interface ItemCodec<T> {
    /** The bytes of an item, at most {@code WorkLimits.itemBytes}. */
    byte[] encode(T item);

    /** The item of bytes, also of those that an older release of the application has written. */
    T decode(byte[] bytes);
}
