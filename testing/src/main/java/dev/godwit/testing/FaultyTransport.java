package dev.godwit.testing;

import dev.godwit.client.Transport;
import dev.godwit.client.TransportException;
import dev.godwit.server.Grant;
import dev.godwit.wire.FrameWriter;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.SyncCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to an {@link InProcessServer}, byte for byte as over a network, that fails as it is told: once per fault.
 * Not safe for use by two threads.
 */
public final class FaultyTransport implements Transport {
    private final InProcessServer server;
    private Grant grant;
    private @Nullable Fault fault;
    private int exchanges;
    private int mostBytes = Integer.MAX_VALUE;
    private byte @Nullable [] lastRequest;
    private @Nullable Runnable beforeAnswer;
    private Consumer<byte[]> watcher = answer -> {};

    /** What goes wrong with the next exchange. */
    public sealed interface Fault {
        /** The request does not arrive. */
        record RequestLost() implements Fault {}

        /** The request is decided, and the answer is lost. */
        record AnswerLost() implements Fault {}

        /** The answer is cut after so many thousandths of its bytes. */
        record AnswerCut(int thousandths) implements Fault {}

        /** The request arrives twice; the second answer comes. */
        record Duplicated() implements Fault {}

        /** The server does not look at the request, and says why. */
        record Refused(Refusal refusal) implements Fault {}

        /** A byte of the answer is flipped. */
        record AnswerDamaged(int thousandths) implements Fault {}
    }

    /** To a server, with a grant. */
    public FaultyTransport(InProcessServer server, Grant grant) {
        this.server = server;
        this.grant = grant;
    }

    /** The next exchange fails so; null for none. */
    public void fail(@Nullable Fault next) {
        fault = next;
    }

    /** From now on the connection breaks when so many bytes of a request have gone. */
    public void cutRequestsAfter(int bytes) {
        mostBytes = bytes;
    }

    /** From now on the token grants this. */
    public void grant(Grant other) {
        grant = other;
    }

    /** Runs once, after the server has answered and before the device reads. */
    public void beforeNextAnswer(Runnable action) {
        beforeAnswer = action;
    }

    /** Shows every answer as the server gave it, whatever happens to it on the way. */
    public void watchAnswers(Consumer<byte[]> sees) {
        watcher = sees;
    }

    /** How many requests were made. */
    public int exchanges() {
        return exchanges;
    }

    /** Sends the last request again, as a network may at any time; nobody reads the answer. */
    public void repeatLastRequest() {
        byte[] request = lastRequest;
        if (request != null) {
            serve(request);
        }
    }

    /** A request that was made, to be delivered again later. */
    public record Recorded(byte[] request) {}

    /** The last request. */
    public Recorded recordedRequest() {
        byte[] request = lastRequest;
        if (request == null) {
            throw new IllegalStateException("no request was made");
        }
        return new Recorded(request);
    }

    /** Delivers a request again; nobody reads the answer. */
    public void deliver(Recorded recorded) {
        serve(recorded.request());
    }

    @Override
    public Answer exchange(byte[] request) {
        exchanges++;
        Fault now = fault;
        fault = null;
        lastRequest = request;
        if (now instanceof Fault.RequestLost || !server.isRunning()) {
            throw TransportException.of(new IOException("the request was lost"));
        }
        if (request.length > mostBytes) {
            throw TransportException.of(new IOException("the connection was reset after " + mostBytes + " bytes"));
        }
        if (now instanceof Fault.Refused refused) {
            byte[] said = frames(writer -> writer.write(refused.refusal()));
            return new BytesAnswer(new ByteArrayInputStream(said), request.length, said.length);
        }
        byte[] answer = serve(request);
        watcher.accept(answer);
        if (now instanceof Fault.Duplicated) {
            answer = serve(request);
        } else if (now instanceof Fault.AnswerLost) {
            throw TransportException.of(new IOException("the answer was lost"));
        } else if (now instanceof Fault.AnswerCut cut) {
            answer = Arrays.copyOf(answer, (int) ((long) answer.length * cut.thousandths() / 1000));
        } else if (now instanceof Fault.AnswerDamaged damaged) {
            return damaged(answer, damaged.thousandths(), request.length);
        }
        Runnable action = beforeAnswer;
        beforeAnswer = null;
        if (action != null) {
            action.run();
        }
        return new BytesAnswer(new ByteArrayInputStream(answer), request.length, answer.length);
    }

    /** Damage on the way meets a compressed answer, whose checksum shows it. */
    private Answer damaged(byte[] answer, int thousandths, long sent) {
        byte[] compressed = Gzip.compress(answer);
        compressed[(int) ((long) (compressed.length - 1) * thousandths / 1000)] ^= 0x20;
        InputStream inflated =
                Gzip.decompressing(new ByteArrayInputStream(compressed), Long.MAX_VALUE, server.limits());
        return new BytesAnswer(inflated, sent, compressed.length);
    }

    private byte[] serve(byte[] request) {
        return frames(writer ->
                server.engine().sync(grant, SyncCodec.decodeRequest(request, server.limits()), writer::write));
    }

    private interface Frames {
        void write(FrameWriter writer) throws IOException;
    }

    private static byte[] frames(Frames frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(bytes)) {
            frames.write(writer);
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
        return bytes.toByteArray();
    }

    @Override
    public Live live(List<String> scopes, LiveListener listener) {
        throw new UnsupportedOperationException("live connections need HTTP");
    }

    @Override
    public void close() {}

    private record BytesAnswer(InputStream frames, long bytesSent, long bytesReceived) implements Answer {
        @Override
        public void close() {}
    }
}
