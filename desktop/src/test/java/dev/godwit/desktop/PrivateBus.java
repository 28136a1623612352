package dev.godwit.desktop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.types.Variant;

/** A bus daemon of our own, as a process, with small services on it that say what a test wants. */
final class PrivateBus implements AutoCloseable {
    private static final String CONFIG = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>unix:path=%s</listen>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """;

    private final Path folder;
    private final List<Service> services = new ArrayList<>();
    private Process daemon;
    private String address;

    private PrivateBus(Path folder) {
        this.folder = folder;
    }

    /** Starts one; skips the test, and says so, where there is no bus daemon. */
    static PrivateBus start(Path folder) throws IOException {
        boolean isThere = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "dbus-daemon")));
        if (!isThere) {
            System.out.println("SKIPPED: no dbus-daemon; install the package dbus");
        }
        assumeTrue(isThere, "SKIPPED: no dbus-daemon; install the package dbus");
        PrivateBus bus = new PrivateBus(folder);
        bus.begin();
        return bus;
    }

    /** Begins, at the same place each time. */
    void begin() throws IOException {
        Files.deleteIfExists(folder.resolve("bus"));
        Path config = Files.writeString(folder.resolve("bus.xml"), CONFIG.formatted(folder.resolve("bus")));
        daemon = new ProcessBuilder("dbus-daemon", "--config-file=" + config, "--nofork", "--print-address")
                .redirectError(folder.resolve("bus.log").toFile())
                .start();
        address = new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
        if (address == null) {
            throw new IOException("the bus daemon ended before it listened");
        }
    }

    String address() {
        return address;
    }

    /** The daemon dies. */
    void kill() {
        daemon.destroyForcibly().onExit().join();
    }

    /** Somebody owns a name. */
    Service own(BusService like) throws DBusException {
        Service service = new Service(like);
        services.add(service);
        return service;
    }

    @Override
    public void close() {
        services.forEach(Service::die);
        kill();
    }

    @DBusInterfaceName("org.freedesktop.login1.Manager")
    interface Login extends DBusInterface {
        /** The device goes to sleep, or has woken up. */
        final class PrepareForSleep extends DBusSignal {
            public PrepareForSleep(String path, boolean start) throws DBusException {
                super(path, start);
            }
        }
    }

    /** A service with a connection of its own. */
    final class Service {
        private final BusService like;
        private final DBusConnection connection;
        private final Map<String, Map<String, Variant<?>>> properties = new ConcurrentHashMap<>();

        private Service(BusService like) throws DBusException {
            this.like = like;
            connection =
                    DBusConnectionBuilder.forAddress(address).withShared(false).build();
            for (BusService.BusObject object : like.objects()) {
                properties.put(object.path(), new ConcurrentHashMap<>());
                connection.exportObject(object.path(), new Exported(object.path()));
            }
        }

        /** From now on others can ask it. */
        Service open() throws DBusException {
            connection.requestBusName(like.busName());
            return this;
        }

        /** Sets a property without a word. */
        Service with(int object, String name, Variant<?> value) {
            properties.get(like.objects().get(object).path()).put(name, value);
            return this;
        }

        /** Sets a property and signals it. */
        void set(int object, String name, Variant<?> value) throws DBusException {
            with(object, name, value);
            BusService.BusObject changed = like.objects().get(object);
            connection.sendMessage(new org.freedesktop.dbus.interfaces.Properties.PropertiesChanged(
                    changed.path(), changed.interfaceName(), Map.of(name, value), List.of()));
        }

        void signalSleep(boolean start) throws DBusException {
            connection.sendMessage(
                    new Login.PrepareForSleep(like.objects().get(0).path(), start));
        }

        /** Its process ends. */
        void die() {
            connection.disconnect();
        }

        private final class Exported implements org.freedesktop.dbus.interfaces.Properties {
            private final String path;

            Exported(String path) {
                this.path = path;
            }

            @Override
            @SuppressWarnings("unchecked")
            public <A> A Get(String interfaceName, String name) {
                return (A) properties.get(path).get(name);
            }

            @Override
            public <A> void Set(String interfaceName, String name, A value) {
                throw new UnsupportedOperationException(name);
            }

            @Override
            public Map<String, Variant<?>> GetAll(String interfaceName) {
                return new HashMap<>(properties.get(path));
            }

            @Override
            public String getObjectPath() {
                return path;
            }
        }
    }
}
