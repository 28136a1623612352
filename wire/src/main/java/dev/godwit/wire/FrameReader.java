package dev.godwit.wire;

import dev.godwit.model.Limits;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer, frame by frame as it arrives. Not safe for use by several threads.
 *
 * <p>A stream that ends between two frames ends cleanly as far as this class can see; whether the answer was complete
 * is known by its last frame, a {@link Cut} or a {@link Refusal}.
 */
public final class FrameReader implements Closeable {

    private static final int PREVIEW = 64;
    private static final int STEP = 1 << 16;

    private final InputStream in;
    private final Limits limits;
    private boolean begun;

    /** Reads from this stream; nothing is read before the first frame is asked for. */
    public FrameReader(InputStream in, Limits limits) {
        this.in = Objects.requireNonNull(in, "in");
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /**
     * The next frame that this version knows; those that it may skip are skipped. Empty at the end.
     *
     * @throws WireException as {@link #nextBytes}, and if the frame cannot be read
     */
    public Optional<Frame> next() throws IOException {
        FrameDecoder decoder = new FrameDecoder(limits);
        for (byte[] bytes = nextBytes(); bytes != null; bytes = nextBytes()) {
            Optional<Frame> frame = decoder.decode(bytes);
            if (frame.isPresent()) {
                return frame;
            }
        }
        return Optional.empty();
    }

    /**
     * The bytes of the next frame, for {@link SyncCodec#decodeFrame}; null at the end.
     *
     * @throws WireException of kind {@code NOT_GODWIT} or {@code UNSUPPORTED_VERSION} if the stream does not begin as
     *     an answer, {@code TRUNCATED} if it ends within a frame, {@code DAMAGED} if its checksum is wrong, {@code TOO_LARGE} if the frame is longer than
     *     {@code transactionBytes + 16 * pageBytes}
     */
    public byte @Nullable [] nextBytes() throws IOException {
        begin();
        int length = readLength();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[Math.min(length, STEP)];
        int count = fill(bytes, 0);
        // A length alone allocates nothing: there is room for twice as much as has arrived.
        while (count < length && count == bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * count));
            count = fill(bytes, count);
        }
        if (count < length) {
            throw WireException.truncated("the answer ends after " + count + " of a frame's " + length + " bytes");
        }
        checkSum(bytes);
        return bytes;
    }

    private void checkSum(byte[] frame) throws IOException {
        byte[] sum = new byte[4];
        if (fill(sum, 0) < sum.length) {
            throw WireException.truncated("the answer ends within the checksum of a frame");
        }
        CRC32 computed = new CRC32();
        computed.update(frame);
        if (ByteBuffer.wrap(sum).getInt() != (int) computed.getValue()) {
            throw WireException.damaged("a frame was changed on the way: its checksum differs");
        }
    }

    /** Reads until the array is full or the stream ends; returns how much is in it. */
    private int fill(byte[] bytes, int from) throws IOException {
        int count = from;
        while (count < bytes.length) {
            int more = in.read(bytes, count, bytes.length - count);
            if (more < 0) {
                return count;
            }
            count += more;
        }
        return count;
    }

    /** Closes the stream. */
    @Override
    public void close() throws IOException {
        in.close();
    }

    private void begin() throws IOException {
        if (!begun) {
            byte[] magic = new byte[Magic.BYTES];
            int count = fill(magic, 0);
            byte[] first = Arrays.copyOf(magic, PREVIEW);
            // A little more of what is no answer, for the message, if it is there already.
            if (count == Magic.BYTES && first[0] != Magic.bytes()[0]) {
                count += Math.max(0, in.read(first, count, PREVIEW - count));
            }
            Magic.check("the answer", first, count);
            begun = true;
        }
    }

    private int readLength() throws IOException {
        long length = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = in.read();
            if (next < 0) {
                if (shift == 0) {
                    return -1;
                }
                throw WireException.truncated("the answer ends within the length of a frame");
            }
            length |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                Bounds.check(
                        "bytes of a frame", length, "transactionBytes + 16 * pageBytes", Bounds.frameBytes(limits));
                return (int) length;
            }
        }
        throw WireException.malformed("the length of a frame has more than five bytes");
    }
}
