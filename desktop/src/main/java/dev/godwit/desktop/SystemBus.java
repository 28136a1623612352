package dev.godwit.desktop;

import dev.godwit.scheduler.Fact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.IDisconnectCallback;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.errors.ServiceUnknown;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusSigHandler;
import org.freedesktop.dbus.matchrules.DBusMatchRule;
import org.freedesktop.dbus.matchrules.DBusMatchRuleBuilder;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.types.Variant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services of Linux's system bus, by signals: a signal says only that something has changed, and what it is is asked of the
 * service then. So the last answer counts in whatever order signals come, and nobody but the owner of a name says anything.
 *
 * <p>One thread connects, asks and tells; it waits for signals and polls nothing. A bus that goes away is looked for again, more
 * and more seldom. No service is started by asking it.
 */
final class SystemBus implements FactSource {
    /** After that a service that does not answer is asked again, this often unless it signals. */
    static final long ASK_AGAIN_MILLIS = 10_000;

    static final int ASK_AGAIN_TIMES = 5;

    /** A bus that is gone is looked for after this at first, and at last no more often than after the other. */
    static final long CONNECT_AGAIN_MILLIS = 5_000;

    static final long CONNECT_AGAIN_MOST_MILLIS = 300_000;

    private static final Logger LOG = LoggerFactory.getLogger(DesktopConditions.class);

    private final String address;
    private final LongSupplier elapsedMillis;
    private final Runnable changed;
    private final Thread thread = new Thread(this::run, "godwit-conditions");
    private final CountDownLatch first = new CountDownLatch(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Set<BusService> stale = EnumSet.noneOf(BusService.class);
    private boolean isBroken;
    private boolean hasSlept;
    private volatile boolean isClosed;

    private final Map<BusService, Map<Fact, Said>> answers = new EnumMap<>(BusService.class);
    private final Map<BusService, Integer> failures = new EnumMap<>(BusService.class);
    private volatile Map<Fact, Said> facts = Map.of();
    private boolean wasTold;

    /**
     * Begins to listen.
     *
     * @param address as in {@code DBUS_SYSTEM_BUS_ADDRESS}
     * @param changed called on a thread of this, under no lock, when facts have changed or the device has woken up
     */
    SystemBus(String address, LongSupplier elapsedMillis, Runnable changed) {
        this.address = address;
        this.elapsedMillis = elapsedMillis;
        this.changed = changed;
        thread.setDaemon(true);
        thread.start();
    }

    /** Also until it is clear that there are no answers yet. */
    @Override
    public void awaitFirst(long millis) {
        try {
            first.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Map<Fact, Said> facts() {
        return facts;
    }

    @Override
    public long lookAgainInMillis() {
        return Long.MAX_VALUE;
    }

    private void run() {
        long wait = CONNECT_AGAIN_MILLIS;
        while (!isClosed) {
            try (DBusConnection connection = connect()) {
                wait = CONNECT_AGAIN_MILLIS;
                wasTold = false;
                listen(connection);
            } catch (DBusException | IOException | RuntimeException | LinkageError e) {
                tellOnce(e);
            }
            forget();
            first.countDown();
            sleep(wait);
            wait = Math.min(CONNECT_AGAIN_MOST_MILLIS, wait * 2);
        }
    }

    private void tellOnce(Throwable e) {
        if (!wasTold && !isClosed) {
            wasTold = true;
            LOG.info("the system bus {} does not answer: what only its services know is unknown. {}", address, e);
        }
    }

    private DBusConnection connect() throws DBusException {
        lock.lock();
        try {
            isBroken = false;
            stale.addAll(EnumSet.allOf(BusService.class));
        } finally {
            lock.unlock();
        }
        failures.clear();
        return DBusConnectionBuilder.forAddress(address)
                .withShared(false)
                .withDisconnectCallback(new IDisconnectCallback() {
                    @Override
                    public void disconnectOnError(IOException e) {
                        broken();
                    }

                    @Override
                    public void clientDisconnect() {
                        broken();
                    }
                })
                .build();
    }

    private void broken() {
        lock.lock();
        try {
            isBroken = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void listen(DBusConnection connection) throws DBusException {
        for (BusService service : BusService.values()) {
            DBusSigHandler<DBusSignal> changes = signal -> stale(service, false);
            connection.addGenericSigHandler(
                    DBusMatchRuleBuilder.create()
                            .withType("signal")
                            .withInterface("org.freedesktop.DBus")
                            .withMember("NameOwnerChanged")
                            .withArg0123(0, service.busName())
                            .build(),
                    changes);
            for (BusService.BusObject object : service.objects()) {
                connection.addGenericSigHandler(
                        signal("org.freedesktop.DBus.Properties", "PropertiesChanged", object.path()), changes);
            }
        }
        BusService.BusObject login = BusService.LOGIN.objects().get(0);
        connection.addGenericSigHandler(
                signal(login.interfaceName(), "PrepareForSleep", login.path()),
                signal -> stale(BusService.LOGIN, true));
        while (waitForSignals()) {
            round(connection);
        }
    }

    private static DBusMatchRule signal(String interfaceName, String member, String path) {
        return DBusMatchRuleBuilder.create()
                .withType("signal")
                .withInterface(interfaceName)
                .withMember(member)
                .withPath(path)
                .build();
    }

    private void stale(BusService service, boolean slept) {
        lock.lock();
        try {
            stale.add(service);
            hasSlept |= slept;
            failures.remove(service);
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the connection is good still. */
    private boolean waitForSignals() {
        lock.lock();
        try {
            long left = failures.isEmpty() ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(ASK_AGAIN_MILLIS);
            while (!isClosed && !isBroken && stale.isEmpty() && left > 0) {
                left = woken.awaitNanos(left);
            }
            if (left <= 0) {
                stale.addAll(failures.keySet());
            }
            return !isClosed && !isBroken;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Asks those that have changed. */
    private void round(DBusConnection connection) {
        Set<BusService> asked = EnumSet.noneOf(BusService.class);
        boolean slept;
        lock.lock();
        try {
            asked.addAll(stale);
            stale.clear();
            slept = hasSlept;
            hasSlept = false;
        } finally {
            lock.unlock();
        }
        for (BusService service : asked) {
            answers.put(service, ask(connection, service));
        }
        boolean news = publish();
        if (news || slept) {
            tell();
        }
        first.countDown();
    }

    private Map<Fact, Said> ask(DBusConnection connection, BusService service) {
        try {
            List<Properties> properties = new ArrayList<>();
            for (BusService.BusObject object : service.objects()) {
                properties.add(properties(connection, service, object));
            }
            answered(service, true);
            return Said.all(service.facts(properties), service.words(), elapsedMillis.getAsLong());
        } catch (ServiceUnknown nobody) {
            answered(service, true);
        } catch (DBusException | RuntimeException e) {
            LOG.debug("{} does not say what it knows", service.words(), e);
            answered(service, false);
        }
        return Map.of();
    }

    private static Properties properties(DBusConnection connection, BusService service, BusService.BusObject object)
            throws DBusException {
        Map<String, Variant<?>> sent = connection
                .getRemoteObject(
                        service.busName(), object.path(), org.freedesktop.dbus.interfaces.Properties.class, false)
                .GetAll(object.interfaceName());
        Map<String, Object> values = new HashMap<>();
        sent.forEach((name, variant) -> {
            Object value = variant.getValue();
            values.put(name, value instanceof DBusPath path ? path.getPath() : value);
        });
        return new Properties(values);
    }

    private void answered(BusService service, boolean well) {
        lock.lock();
        try {
            int times = failures.getOrDefault(service, 0) + 1;
            if (well || times > ASK_AGAIN_TIMES) {
                failures.remove(service);
            } else {
                failures.put(service, times);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether that was news. */
    private boolean publish() {
        Map<Fact, Said> all = new EnumMap<>(Fact.class);
        answers.values().forEach(all::putAll);
        Map<Fact, Said> before = facts;
        facts = Map.copyOf(all);
        return Said.differ(before, all);
    }

    private void forget() {
        answers.clear();
        if (publish()) {
            tell();
        }
    }

    private void tell() {
        try {
            if (!isClosed) {
                changed.run();
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("a listener to the conditions of the device failed", e);
        }
    }

    private void sleep(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!isClosed && left > 0) {
                left = woken.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted; looks for the bus at once", e);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the thread a little, unless that is the caller's. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (Thread.currentThread() != thread) {
                thread.join(CONNECT_AGAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
