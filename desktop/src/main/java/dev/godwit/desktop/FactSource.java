package dev.godwit.desktop;

import dev.godwit.scheduler.Fact;
import java.util.Map;

/** Somebody beside the kernel's files who knows facts of the device. Safe for use by many threads; never throws. */
interface FactSource extends AutoCloseable {
    /** What is known, at once: the facts that it speaks for now. Of the others it has nothing to say. Immutable. */
    Map<Fact, Said> facts();

    /** In how many ms it has to be asked again; {@link Long#MAX_VALUE} if it tells by itself. */
    long lookAgainInMillis();

    /** Waits for what it finds out first; at most so long. */
    void awaitFirst(long millis);

    @Override
    void close();
}
