package dev.godwit.testing;

import dev.godwit.testing.ChaosFault.Ending;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** One direction of an exchange: waits while the network is stalled, is as slow as it is told, and cuts where it is told. */
final class ChaosOutlet extends OutputStream {
    private static final long SLICE_MILLIS = 20;

    private final OutputStream out;
    private final Stall stall;
    private final int bytesPerSecond;
    private final long most;
    private long passed;

    /** So many bytes have gone by, and no more are to. */
    static final class Cut extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** A direction of the network, which can be stalled: bytes wait, and go on when it is over. */
    static final class Stall {
        private boolean on;

        synchronized void set(boolean now) {
            on = now;
            notifyAll();
        }

        synchronized void await() throws InterruptedIOException {
            try {
                while (on) {
                    wait();
                }
            } catch (InterruptedException stop) {
                throw new InterruptedIOException("stopped");
            }
        }
    }

    /**
     * To a socket.
     *
     * @param bytesPerSecond 0 for as fast as it goes
     * @param most how many bytes may pass; below 0 for all
     */
    ChaosOutlet(Socket to, Stall stall, int bytesPerSecond, long most) throws IOException {
        this.out = to.getOutputStream();
        this.stall = stall;
        this.bytesPerSecond = bytesPerSecond;
        this.most = most;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int slice = bytesPerSecond == 0 ? length : Math.max(1, (int) (bytesPerSecond * SLICE_MILLIS / 1_000));
        for (int done = 0; done < length; ) {
            int n = Math.min(slice, length - done);
            if (most >= 0) {
                n = (int) Math.min(n, most - passed);
            }
            if (n == 0) {
                throw new Cut();
            }
            stall.await();
            out.write(bytes, offset + done, n);
            passed += n;
            done += n;
            if (bytesPerSecond > 0) {
                pause(SLICE_MILLIS);
            }
        }
    }

    /** Cuts here, if everything that may pass has passed. */
    void end() throws Cut {
        if (most >= 0 && passed >= most) {
            throw new Cut();
        }
    }

    long passed() {
        return passed;
    }

    static void pause(long millis) throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException stop) {
            throw new InterruptedIOException("stopped");
        }
    }

    /** Ends a connection in one of the ways. */
    static void end(Socket socket, Ending ending) throws IOException {
        switch (ending) {
            case CLOSE -> socket.close();
            case RESET -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case HALF_CLOSE -> socket.shutdownOutput();
            case SILENCE -> {
                // it stays as it is
            }
        }
    }
}
