package dev.godwit.bench;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one SQLite file, kept open for schedulers that ask for a DataSource; as durable as ours: WAL and
 * {@code synchronous=FULL}.
 */
final class KeptConnections implements DataSource, AutoCloseable {
    private final String address;
    private final Semaphore free;
    private final Deque<Connection> kept = new ArrayDeque<>();
    private final List<Connection> all = new ArrayList<>();
    private volatile @Nullable Joined joined;

    KeptConnections(String address, int most) {
        this.address = address;
        this.free = new Semaphore(most, true);
    }

    /** What a thread does is one transaction. */
    private record Joined(Thread thread, Connection connection) {}

    /** What a body does on this thread is one transaction, whatever it thinks. */
    void together(Runnable body) {
        try (Connection connection = getConnection()) {
            connection.setAutoCommit(false);
            joined = new Joined(Thread.currentThread(), connection);
            body.run();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            joined = null;
        }
    }

    private static Connection shared(Connection open) {
        return proxy((proxy, method, values) -> switch (method.getName()) {
            case "close", "commit", "setAutoCommit" -> null;
            default -> invoke(method, open, values);
        });
    }

    private static Connection proxy(InvocationHandler handler) {
        return (Connection)
                Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
    }

    private static Object invoke(Method method, Connection open, @Nullable Object[] values) throws Throwable {
        try {
            return method.invoke(open, values);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Joined open = joined;
        if (open != null && open.thread() == Thread.currentThread()) {
            return shared(open.connection());
        }
        free.acquireUninterruptibly();
        try {
            Connection real = take();
            boolean[] closed = new boolean[1];
            return proxy((proxy, method, values) -> switch (method.getName()) {
                case "isClosed" -> closed[0];
                case "close" -> {
                    if (!closed[0]) {
                        closed[0] = true;
                        giveBack(real);
                    }
                    yield null;
                }
                default -> invoke(method, real, values);
            });
        } catch (SQLException e) {
            free.release();
            throw e;
        }
    }

    private synchronized Connection take() throws SQLException {
        Connection there = kept.poll();
        if (there != null) {
            return there;
        }
        Connection made = DriverManager.getConnection("jdbc:sqlite:" + address);
        all.add(made);
        try (Statement statement = made.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = full");
            statement.execute("pragma busy_timeout = 20000");
            statement.execute("pragma cache_size = -32000");
            statement.execute("pragma wal_autocheckpoint = 4000");
        }
        return made;
    }

    private void giveBack(Connection real) throws SQLException {
        try {
            if (!real.getAutoCommit()) {
                real.rollback();
                real.setAutoCommit(true);
            }
        } finally {
            synchronized (this) {
                kept.push(real);
            }
            free.release();
        }
    }

    @Override
    public synchronized void close() {
        for (Connection each : all) {
            try {
                each.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
