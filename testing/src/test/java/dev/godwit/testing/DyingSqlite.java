package dev.godwit.testing;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Real SQLite whose process dies, as seen from the file: from the Nth statement on nothing reaches it any more, and what was
 * not committed is taken back.
 */
final class DyingSqlite implements SqliteDriver {
    private static final Set<String> STEPS = Set.of("execute", "step");

    private final Path file;
    private final List<SqliteConnection> open = new CopyOnWriteArrayList<>();
    private long left;
    private long steps;

    /** Dies at the statement of this number that is run on this file; counts from 1. */
    DyingSqlite(Path file, long at) {
        this.file = file;
        this.left = at;
    }

    /** Nothing catches this: it is the end. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1;
    }

    /** From now on it dies at the statement of this number. */
    synchronized void dieIn(long at) {
        left = at;
    }

    /** How many statements were run. */
    long steps() {
        return steps;
    }

    /** Whether it has died. */
    boolean isDead() {
        return left <= 0;
    }

    /** What the operating system does for a process that is gone. */
    void bury() {
        new ArrayList<>(open).forEach(SqliteConnection::close);
    }

    @Override
    public SqliteConnection open(SqliteOptions options) {
        SqliteConnection real = Fleet.DRIVER.open(options);
        if (!options.path().equals(file.toString())) {
            return real;
        }
        open.add(real);
        return dying(SqliteConnection.class, real);
    }

    private <T> T dying(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (STEPS.contains(method.getName())) {
                step();
            }
            if (isDead() && !method.getName().equals("close")) {
                throw new Died();
            }
            try {
                Object result = method.invoke(real, args);
                return result instanceof SqliteStatement statement ? dying(SqliteStatement.class, statement) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private synchronized void step() {
        steps++;
        left--;
    }
}
