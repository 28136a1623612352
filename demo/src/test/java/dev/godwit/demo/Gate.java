package dev.godwit.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network between devices and a server, on loopback. It passes everything on, and keeps one request back when it is told to:
 * whoever sent that is in the middle of a sync for as long as the test likes.
 */
final class Gate implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");
    private static final int PATIENCE_SECONDS = 60;

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final URI server;
    private final AtomicBoolean keepNext = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();
    private final BlockingQueue<byte[]> kept = new LinkedBlockingQueue<>();

    /** Those whose request is kept: a socket that nobody refers to is closed by the collector, and the sync is over. */
    private final Queue<Socket> waiting = new ConcurrentLinkedQueue<>();

    Gate(String server) throws IOException {
        this.server = URI.create(server);
        start(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    /** How many connections were made so far. */
    int connections() {
        return connections.get();
    }

    /** The first request of the next connection is kept back. */
    void keepNext() {
        keepNext.set(true);
    }

    /** Waits until a whole request is here. */
    byte[] awaitKept() throws InterruptedException {
        byte[] request = kept.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came within " + PATIENCE_SECONDS + " s");
        }
        return request;
    }

    /** Brings a request to the server after all, and returns when the server has decided about it. */
    void passOn(byte[] request) throws IOException {
        try (Socket there = toServer()) {
            there.getOutputStream().write(request);
            if (there.getInputStream().read() < 0) {
                throw new IOException("the server did not answer");
            }
        }
    }

    private Socket toServer() throws IOException {
        return new Socket(server.getHost(), server.getPort());
    }

    private void accept() throws IOException {
        while (true) {
            Socket here = door.accept();
            connections.incrementAndGet();
            if (keepNext.compareAndSet(true, false)) {
                waiting.add(here);
                start(() -> kept.add(wholeRequest(here.getInputStream())));
            } else {
                Socket there = toServer();
                start(() -> pump(here, there));
                start(() -> pump(there, here));
            }
        }
    }

    private static byte[] wholeRequest(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.readNBytes(1));
        }
        Matcher length = LENGTH.matcher(head.toString(StandardCharsets.ISO_8859_1));
        if (!length.find()) {
            throw new IOException("a request without a length");
        }
        head.write(in.readNBytes(Integer.parseInt(length.group(1))));
        return head.toByteArray();
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8_192];
            for (int n = from.getInputStream().read(bytes);
                    n >= 0;
                    n = from.getInputStream().read(bytes)) {
                out.write(bytes, 0, n);
            }
        }
    }

    /** Work that ends with the socket it works on. */
    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // one side is gone, and so is the other
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket one : waiting) {
            one.close();
        }
    }
}
