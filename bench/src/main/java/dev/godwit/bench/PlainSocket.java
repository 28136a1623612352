package dev.godwit.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The physical limit of moving data: the same bytes, gzipped, through a plain loopback socket, unpacked at the other end. */
final class PlainSocket {
    private PlainSocket() {}

    /** How long it took until the last byte was there, and how many bytes went through. */
    record Moved(double seconds, long bytes) {}

    static Moved move(byte[] content) throws IOException {
        CountingStream wire = new CountingStream();
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket sender = new Socket(listening.getInetAddress(), listening.getLocalPort());
                Socket receiver = listening.accept()) {
            long begun = System.nanoTime();
            CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> read(receiver));
            wire.out = sender.getOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(wire, 64 * 1024)) {
                gzip.write(content);
            }
            long arrived = received.get();
            if (arrived != content.length) {
                throw new IOException(arrived + " of " + content.length + " bytes arrived");
            }
            return new Moved((System.nanoTime() - begun) / 1e9, wire.bytes);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        } catch (ExecutionException failed) {
            throw new IOException("the receiver failed", failed);
        }
    }

    private static long read(Socket socket) {
        long bytes = 0;
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = new GZIPInputStream(socket.getInputStream(), buffer.length)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes += n;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return bytes;
    }

    /** Counts what goes through. */
    private static final class CountingStream extends OutputStream {
        private OutputStream out = OutputStream.nullOutputStream();
        private long bytes;

        @Override
        public void write(int b) throws IOException {
            bytes++;
            out.write(b);
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            bytes += length;
            out.write(b, from, length);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
