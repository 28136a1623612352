package dev.godwit.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads one gzip member (RFC 1952) and counts what comes out.
 *
 * <p>Not on {@link java.util.zip.GZIPInputStream}, which follows concatenated members by recursion: a body of some
 * thousands of empty ones overflows the stack. One member is all that a peer ever sends.
 */
final class Inflation extends InputStream {

    /** Below this the ratio is not looked at: a short message may well be all zeros. */
    private static final long UNSUSPICIOUS = 1 << 20;

    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int HEADER_BYTES = 1 << 16;

    private enum State {
        HEADER,
        BODY,
        END
    }

    private final InputStream in;
    private final long maxBytes;
    private final int ratio;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] buffer = new byte[8192];
    private int from;
    private int to;
    private State state = State.HEADER;

    Inflation(InputStream in, long maxBytes, int ratio) {
        this.in = Objects.requireNonNull(in, "in");
        this.maxBytes = maxBytes;
        this.ratio = ratio;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (state == State.HEADER) {
            readHeader();
        }
        while (state == State.BODY) {
            int count = inflate(bytes, offset, length);
            if (count > 0) {
                checksum.update(bytes, offset, count);
                checkSize();
                return count;
            }
            feedOrFinish();
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        state = State.END;
        in.close();
    }

    private int inflate(byte[] bytes, int offset, int length) {
        try {
            return inflater.inflate(bytes, offset, length);
        } catch (DataFormatException e) {
            throw new WireException(WireException.Kind.DAMAGED, "damaged gzip: " + e.getMessage(), e);
        }
    }

    private void feedOrFinish() throws IOException {
        if (inflater.finished()) {
            from = to - inflater.getRemaining();
            readTrailer();
            state = State.END;
        } else if (inflater.needsInput()) {
            fill();
            inflater.setInput(buffer, 0, to);
        } else {
            throw WireException.malformed("damaged gzip: it wants a dictionary");
        }
    }

    private void checkSize() {
        long inflated = inflater.getBytesWritten();
        Bounds.check("inflated bytes", inflated, "on what is inflated", maxBytes);
        if (inflated > UNSUSPICIOUS) {
            long read = Math.max(1, inflater.getBytesRead());
            Bounds.check("inflated bytes per byte read", (inflated + read - 1) / read, "inflationRatio", ratio);
        }
    }

    private void readHeader() throws IOException {
        fill();
        if (buffer[0] != 0x1f || (to > 1 && buffer[1] != (byte) 0x8b)) {
            throw Magic.notGodwit("the peer", buffer, to);
        }
        skip(2);
        int method = nextByte();
        int flags = nextByte();
        if (method != 8 || flags > 31) {
            throw WireException.malformed("damaged gzip: method " + method + ", flags " + flags);
        }
        skip(6);
        skipOptional(flags);
        inflater.setInput(buffer, from, to - from);
        state = State.BODY;
    }

    private void skipOptional(int flags) throws IOException {
        if ((flags & EXTRA) != 0) {
            skip(nextByte() | (nextByte() << 8));
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
    }

    private void skipText() throws IOException {
        for (int length = 0; nextByte() != 0; length++) {
            Bounds.check("bytes of a gzip header", length, "of one", HEADER_BYTES);
        }
    }

    private void readTrailer() throws IOException {
        long crc = nextInt();
        long size = nextInt();
        if (crc != checksum.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw WireException.damaged("damaged gzip: its checksum or length differs");
        }
        if (from < to || in.read() >= 0) {
            throw WireException.malformed("bytes after the end of the gzip");
        }
    }

    private long nextInt() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            value |= (long) nextByte() << shift;
        }
        return value;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            nextByte();
        }
    }

    private int nextByte() throws IOException {
        if (from == to) {
            fill();
        }
        return buffer[from++] & 0xff;
    }

    /** Reads at least one byte, whatever is there. */
    private void fill() throws IOException {
        int count;
        do {
            count = in.read(buffer);
        } while (count == 0);
        if (count < 0) {
            throw WireException.truncated("the gzip ends too early");
        }
        from = 0;
        to = count;
    }
}
