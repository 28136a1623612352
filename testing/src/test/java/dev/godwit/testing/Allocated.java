package dev.godwit.testing;

import java.lang.management.ManagementFactory;

/** What threads have allocated. */
final class Allocated {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocated() {}

    /** By this thread. */
    static long here() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** By all other threads that live now. */
    static long elsewhere() {
        long sum = 0;
        for (long thread : THREADS.getAllThreadIds()) {
            if (thread != Thread.currentThread().getId()) {
                sum += Math.max(0, THREADS.getThreadAllocatedBytes(thread));
            }
        }
        return sum;
    }
}
