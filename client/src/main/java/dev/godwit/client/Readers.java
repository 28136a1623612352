package dev.godwit.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Connections that only read. They never wait for a writer or a sync: WAL gives each query the last committed state. One
 * per concurrent query is open, a few are kept. Safe for use by many threads.
 */
final class Readers implements AutoCloseable {
    private static final int KEPT = 4;

    private final OpenedFile file;
    private final Supplier<ReadSession> open;
    private final Deque<ReadSession> idle = new ArrayDeque<>();
    private boolean closed;

    Readers(OpenedFile file, Supplier<ReadSession> open) {
        this.file = file;
        this.open = open;
    }

    <T> T read(Function<ReadSession, T> query) {
        return file.using(() -> readOnOne(query));
    }

    private <T> T readOnOne(Function<ReadSession, T> query) {
        ReadSession session = take();
        try {
            return query.apply(session);
        } finally {
            giveBack(session);
        }
    }

    private ReadSession take() {
        synchronized (idle) {
            if (closed) {
                throw new GodwitException(GodwitException.Kind.CLOSED, "the database is closed");
            }
            ReadSession session = idle.pollFirst();
            if (session != null) {
                return session;
            }
        }
        return open.get();
    }

    private void giveBack(ReadSession session) {
        synchronized (idle) {
            if (!closed && idle.size() < KEPT) {
                idle.addFirst(session);
                return;
            }
        }
        session.close();
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
        }
        for (ReadSession session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
            session.close();
        }
    }
}
