package dev.godwit.wire;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * Writes an answer: the magic, then each frame between its length and its checksum: a page may be kept before the rest of
 * the answer has come, and so before any checksum of the whole. Not safe for use by several threads.
 *
 * <p>Nothing reaches the other side for certain before {@link #flush}, which also has to go through the compression:
 * see {@link Gzip#compressing}.
 */
public final class FrameWriter implements Closeable {

    private final OutputStream out;
    private boolean begun;

    /** Writes to this stream, beginning with the first frame. */
    public FrameWriter(OutputStream out) {
        this.out = Objects.requireNonNull(out, "out");
    }

    /** Writes a frame. */
    public void write(Frame frame) throws IOException {
        write(SyncCodec.encodeFrame(frame));
    }

    /** Writes a frame that is encoded already. */
    public void write(byte[] frame) throws IOException {
        begin();
        int rest = frame.length;
        while (rest > 0x7f) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        out.write(frame);
        CRC32 sum = new CRC32();
        sum.update(frame);
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write((int) (sum.getValue() >>> shift) & 0xff);
        }
    }

    /** Sends what was written. */
    public void flush() throws IOException {
        begin();
        out.flush();
    }

    /** Ends the answer and closes the stream. */
    @Override
    public void close() throws IOException {
        try (out) {
            begin();
        }
    }

    private void begin() throws IOException {
        if (!begun) {
            begun = true;
            out.write(Magic.bytes());
        }
    }
}
