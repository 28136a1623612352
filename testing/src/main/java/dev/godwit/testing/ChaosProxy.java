package dev.godwit.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Exchanger;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A bad network: stands on loopback between devices and a server that speak plain HTTP/1.1, and does to requests and answers
 * what a {@link ChaosPlan} says. Besides, the whole of it can be stalled in one direction or both, where bytes wait until it
 * is healed, and every connection can be reset.
 *
 * <p>Deterministic as far as the order of requests is: faults depend on counts of requests and bytes and on seeds, never on
 * time, but for {@link ChaosFault.Latency} and {@link ChaosFault.Bandwidth}. A request is read as a whole before it goes on;
 * answers stream. Safe for use by many threads.
 */
public final class ChaosProxy implements AutoCloseable {
    private static final int LOGGED = 2_000;

    private final InetSocketAddress server;
    private final ServerSocket listening;
    private final ChaosOutlet.Stall up = new ChaosOutlet.Stall();
    private final ChaosOutlet.Stall down = new ChaosOutlet.Stall();
    private final Set<Socket> devices = ConcurrentHashMap.newKeySet();
    private final Set<Socket> forsaken = ConcurrentHashMap.newKeySet();
    private final Set<Held> holding = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private final Exchanger<byte[]> swapping = new Exchanger<>();
    private final Deque<byte[]> late = new ArrayDeque<>();
    private final Map<String, byte[]> remembered = new HashMap<>();
    private final Deque<ChaosExchange> exchanges = new ArrayDeque<>();
    private ChaosPlan plan = ChaosPlan.none();

    private ChaosProxy(InetSocketAddress server, ServerSocket listening) {
        this.server = server;
        this.listening = listening;
    }

    /**
     * What became of a request.
     *
     * @param request its method and path
     * @param fault what happened to it
     * @param size bytes of the request, headers included
     * @param up bytes of it that went on to the server
     * @param down bytes of the answer that went on to the device
     */
    public record Passed(String request, Optional<ChaosFault> fault, long size, long up, long down) {}

    /** An answer that is held back. */
    public static final class Held {
        private final String request;
        private boolean released;

        private Held(String request) {
            this.request = request;
        }

        /** The method and path of the request. */
        public String request() {
            return request;
        }

        /** Lets the answer go on. */
        public synchronized void release() {
            released = true;
            notifyAll();
        }

        private synchronized void await() throws InterruptedException {
            while (!released) {
                wait();
            }
        }
    }

    /** Starts between a free port of loopback and a server. */
    public static ChaosProxy before(InetSocketAddress server) {
        try {
            ChaosProxy proxy = new ChaosProxy(server, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
            daemon(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts before a port of loopback. */
    public static ChaosProxy before(int port) {
        return before(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Where devices find it. */
    public String address() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /** From now on this happens to requests; to those that are under way, what the plan before said. */
    public synchronized void plan(ChaosPlan next) {
        plan = next;
    }

    /** Bytes stop, towards the server, towards devices or both; connections stay, and new ones are accepted. */
    public void stall(boolean towardsServer, boolean towardsDevices) {
        up.set(towardsServer);
        down.set(towardsDevices);
    }

    /** Resets every connection of a device that is open now. */
    public void resetConnections() {
        for (Socket device : devices) {
            try {
                ChaosOutlet.end(device, ChaosFault.Ending.RESET);
            } catch (IOException gone) {
                // by itself
            }
        }
    }

    /** The network is good again: no plan, nothing stalled, nothing held. Late requests stay late. */
    public void heal() {
        plan(ChaosPlan.none());
        stall(false, false);
        holding.forEach(Held::release);
    }

    /** Waits until an answer is held, and takes it. */
    public Held awaitHeld() throws InterruptedException {
        return held.take();
    }

    /**
     * Brings the oldest late request to the server.
     *
     * @return the first line of what the server answers, which no device reads
     * @throws IllegalStateException if there is none
     */
    public String deliverLate() throws IOException {
        byte[] request;
        synchronized (this) {
            request = late.poll();
        }
        if (request == null) {
            throw new IllegalStateException("no request is late");
        }
        String answer = new String(roundTrip(request), StandardCharsets.ISO_8859_1);
        return answer.substring(0, answer.indexOf("\r\n"));
    }

    /** The last 2,000 requests, in the order of their arrival; counts of what is under way are those so far. */
    public synchronized List<Passed> log() {
        return exchanges.stream().map(ChaosExchange::passed).toList();
    }

    /** Waits until a device has the head of the server's answer to a request for this, for instance {@code GET /v1/live}. */
    public synchronized void awaitAnswer(String request) throws InterruptedException {
        while (exchanges.stream()
                .map(ChaosExchange::passed)
                .noneMatch(p -> p.request().equals(request) && p.down() > 0)) {
            wait();
        }
    }

    /** How many connections of devices are open. */
    public int connections() {
        return devices.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket device = listening.accept();
                devices.add(device);
                daemon(() -> serve(device));
            }
        } catch (IOException closed) {
            // the end
        }
    }

    private void serve(Socket device) {
        try {
            device.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(device.getInputStream());
            boolean there = true;
            while (there) {
                Optional<ChaosMessage> head = ChaosMessage.read(in);
                if (head.isEmpty()) {
                    return;
                }
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                request.write(head.get().bytes());
                head.get().copyBody(in, request);
                ChaosExchange exchange = planned(device, head.get().request(), request.toByteArray());
                Thread answering = daemon(exchange);
                there = isThere(in);
                if (there) {
                    answering.join();
                } else {
                    exchange.abandon();
                }
            }
        } catch (IOException | InterruptedException gone) {
            // the device, or the proxy
        } finally {
            devices.remove(device);
            quietly(device);
        }
    }

    /** Waits for the next request, or for the device to go. */
    private static boolean isThere(InputStream in) {
        try {
            in.mark(1);
            boolean there = in.read() >= 0;
            in.reset();
            return there;
        } catch (IOException gone) {
            return false;
        }
    }

    private synchronized ChaosExchange planned(Socket device, String name, byte[] request) {
        ChaosExchange exchange =
                new ChaosExchange(this, device, name, request, plan.next(name).orElse(null));
        exchanges.add(exchange);
        if (exchanges.size() > LOGGED) {
            exchanges.remove();
        }
        return exchange;
    }

    // ---------------------------------------------------------------------------------------- for its exchanges

    ChaosOutlet.Stall up() {
        return up;
    }

    ChaosOutlet.Stall down() {
        return down;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    synchronized void answering() {
        notifyAll();
    }

    byte[] roundTrip(byte[] request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request);
            return ChaosExchange.whole(socket.getInputStream());
        }
    }

    byte[] held(String request, byte[] answer) throws IOException {
        Held one = new Held(request);
        holding.add(one);
        held.add(one);
        try {
            one.await();
        } catch (InterruptedException stop) {
            throw new IOException("stopped", stop);
        } finally {
            holding.remove(one);
        }
        return answer;
    }

    byte[] swapped(byte[] answer) throws IOException {
        try {
            return swapping.exchange(answer);
        } catch (InterruptedException stop) {
            throw new IOException("stopped", stop);
        }
    }

    synchronized void keep(byte[] request) {
        late.add(request);
    }

    synchronized void remember(String request, byte[] answer) {
        remembered.put(request, answer);
    }

    synchronized Optional<byte[]> remembered(String request) {
        return Optional.ofNullable(remembered.get(request));
    }

    void forsake(Socket socket) {
        forsaken.add(socket);
    }

    static void quietly(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException gone) {
            // as it should be
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "godwit-chaos");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Stops listening and ends every connection. */
    @Override
    public void close() {
        heal();
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        devices.forEach(ChaosProxy::quietly);
        forsaken.forEach(ChaosProxy::quietly);
    }
}
