package dev.godwit.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between device and server on loopback and counts every byte of the TCP streams, headers included. */
final class CountingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final InetAddress host = InetAddress.getLoopbackAddress();
    private final int serverPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();

    CountingProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listening = new ServerSocket(0, 50, host);
        daemon(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Bytes that went by since the last call. */
    Traffic take() {
        return new Traffic(up.getAndSet(0), down.getAndSet(0));
    }

    /** Bytes towards the device so far, left to be taken. */
    long down() {
        return down.get();
    }

    /** Bytes from device to server and back. */
    record Traffic(long up, long down) {}

    private void accept() {
        try {
            while (true) {
                Socket device = listening.accept();
                Socket server = new Socket(host, serverPort);
                device.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                open.add(device);
                open.add(server);
                daemon(() -> pump(device, server, up));
                daemon(() -> pump(server, device, down));
            }
        } catch (IOException closed) {
            // the end of the bench, or a server that is gone: the device sees its connection break
        }
    }

    private void pump(Socket from, Socket to, AtomicLong count) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                count.addAndGet(n);
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
            if (from.isOutputShutdown()) {
                end(from, to);
            }
        } catch (IOException broken) {
            end(from, to); // tells the other side
        }
    }

    private void end(Socket... pair) {
        for (Socket socket : pair) {
            open.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "bench-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
