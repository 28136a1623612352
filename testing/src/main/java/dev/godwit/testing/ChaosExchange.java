package dev.godwit.testing;

import dev.godwit.testing.ChaosFault.Ending;
import dev.godwit.testing.ChaosFault.Rewriting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** One request on its way through a {@link ChaosProxy}, and its answer. The server sees a connection of its own for each. */
final class ChaosExchange implements Runnable {
    private static final int REMEMBERED_BYTES = 1 << 20;

    private final ChaosProxy proxy;
    private final Socket device;
    private final String name;
    private final byte[] request;
    private final @Nullable ChaosFault fault;
    private @Nullable Socket server;
    private boolean abandoned;
    private volatile long up;
    private volatile long down;

    ChaosExchange(ChaosProxy proxy, Socket device, String name, byte[] request, @Nullable ChaosFault fault) {
        this.proxy = proxy;
        this.device = device;
        this.name = name;
        this.request = request;
        this.fault = fault;
    }

    ChaosProxy.Passed passed() {
        return new ChaosProxy.Passed(name, Optional.ofNullable(fault), request.length, up, down);
    }

    /** The device has gone. */
    synchronized void abandon() {
        abandoned = true;
        ChaosProxy.quietly(server);
    }

    private synchronized Socket connected() throws IOException {
        if (abandoned) {
            throw new EOFException("the device has gone");
        }
        Socket opened = proxy.connect();
        server = opened;
        return opened;
    }

    @Override
    public void run() {
        try {
            if (fault instanceof ChaosFault.InPlace inPlace) {
                head(inPlace.head() + "Connection: close\r\n\r\n", inPlace.body());
            } else if (fault instanceof ChaosFault.Late) {
                proxy.keep(request);
                device.close();
            } else if (fault instanceof ChaosFault.Stale
                    && proxy.remembered(name).isPresent()) {
                outlet(-1).write(proxy.remembered(name).get());
            } else if (fault instanceof ChaosFault.CutRequest cut) {
                cut(cut);
            } else {
                forward();
            }
        } catch (IOException broken) {
            ChaosProxy.quietly(device); // tells the other side
        } finally {
            synchronized (this) {
                ChaosProxy.quietly(server);
            }
        }
    }

    private void head(String head, byte[] body) throws IOException {
        ChaosOutlet out = outlet(-1);
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        device.shutdownOutput();
    }

    private ChaosOutlet outlet(long most) throws IOException {
        int rate = fault instanceof ChaosFault.Bandwidth slow ? slow.bytesPerSecond() : 0;
        return new ChaosOutlet(device, proxy.down(), rate, most);
    }

    private void send(Socket to, long most) throws IOException {
        int rate = fault instanceof ChaosFault.Bandwidth slow ? slow.bytesPerSecond() : 0;
        ChaosOutlet out = new ChaosOutlet(to, proxy.up(), rate, most);
        try {
            out.write(request);
            out.end();
        } finally {
            up = out.passed();
        }
    }

    private void cut(ChaosFault.CutRequest cut) throws IOException {
        Socket to = connected();
        try {
            send(to, cut.bytes());
        } catch (ChaosOutlet.Cut here) {
            // as it is meant
        }
        if (cut.ending() == Ending.SILENCE) {
            synchronized (this) {
                proxy.forsake(to);
                server = null; // the server is not told when the device gives up
            }
            return;
        }
        ChaosOutlet.end(to, cut.ending());
        if (cut.ending() == Ending.HALF_CLOSE) {
            relay(to, -1);
        } else {
            ChaosOutlet.end(device, cut.ending());
        }
    }

    private void forward() throws IOException {
        if (fault instanceof ChaosFault.Latency slow) {
            ChaosOutlet.pause(slow.millis());
        } else if (fault instanceof ChaosFault.Duplicate) {
            proxy.roundTrip(request);
        }
        Socket to = connected();
        send(to, -1);
        if (fault instanceof ChaosFault.CutAnswer cut) {
            try {
                relay(to, cut.bytes());
            } catch (ChaosOutlet.Cut here) {
                ChaosOutlet.end(device, cut.ending());
            }
        } else if (fault instanceof ChaosFault.Rewritten rewritten) {
            rewrite(to, rewritten.how());
        } else if (fault instanceof ChaosFault.HoldAnswer || fault instanceof ChaosFault.SwapAnswers) {
            byte[] own = whole(to.getInputStream());
            byte[] answer = fault instanceof ChaosFault.HoldAnswer ? proxy.held(name, own) : proxy.swapped(own);
            down = answer.length;
            outlet(-1).write(answer);
        } else {
            relay(to, -1);
        }
    }

    static byte[] whole(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ChaosMessage head = answerHead(in);
        bytes.write(head.bytes());
        head.copyBody(in, bytes);
        return bytes.toByteArray();
    }

    private static ChaosMessage answerHead(InputStream in) throws IOException {
        return ChaosMessage.read(in).orElseThrow(() -> new EOFException("the server did not answer"));
    }

    private void relay(Socket from, long most) throws IOException {
        InputStream in = from.getInputStream();
        ChaosMessage head = answerHead(in);
        if (fault instanceof ChaosFault.Latency slow) {
            ChaosOutlet.pause(slow.millis());
        }
        ChaosOutlet out = outlet(most);
        Tee tee = new Tee(out);
        try {
            tee.write(head.bytes());
            down = out.passed();
            proxy.answering();
            boolean untilTheEnd = head.copyBody(in, tee);
            out.end();
            if (tee.kept.size() <= REMEMBERED_BYTES) {
                proxy.remember(name, tee.kept.toByteArray());
            }
            if (untilTheEnd) {
                device.shutdownOutput();
            }
        } finally {
            down = out.passed();
        }
    }

    private void rewrite(Socket from, Rewriting how) throws IOException {
        InputStream in = from.getInputStream();
        ChaosMessage head = answerHead(in);
        byte[] body = head.body(in);
        boolean gzip = head.header("Content-Encoding").filter("gzip"::equals).isPresent();
        if (how == Rewriting.INFLATED && gzip) {
            body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
        } else if (how == Rewriting.TRUNCATED) {
            body = Arrays.copyOf(body, body.length / 2);
        } else if (how == Rewriting.DAMAGED) {
            body[body.length / 2] ^= 0x10;
        }
        boolean strips = how == Rewriting.HEADER_STRIPPED || how == Rewriting.INFLATED;
        int quarter = body.length / 4;
        int lie = how == Rewriting.LENGTH_TOO_LARGE ? quarter : how == Rewriting.LENGTH_TOO_SMALL ? -quarter : 0;
        ChaosMessage changed = head.rewritten(strips ? "Content-Encoding" : "none", body.length + lie);
        ChaosOutlet out = outlet(-1);
        out.write(changed.bytes());
        out.write(body);
        down = out.passed();
        if (how == Rewriting.LENGTH_TOO_LARGE) {
            device.shutdownOutput();
        }
    }

    /** Writes, and keeps the beginning of what it wrote. */
    private static final class Tee extends OutputStream {
        private final OutputStream out;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Tee(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            if (kept.size() <= REMEMBERED_BYTES) {
                kept.write(bytes, offset, length);
            }
        }
    }
}
