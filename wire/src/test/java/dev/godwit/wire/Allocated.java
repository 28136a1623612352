package dev.godwit.wire;

import java.lang.management.ManagementFactory;

/** What the current thread has allocated. */
final class Allocated {

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocated() {}

    static long bytes() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
