package dev.godwit.wire;

import dev.godwit.model.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Compression that every peer has (RFC 1952). Others are negotiated beside it, where their native library loads.
 *
 * <p>Level 5 was chosen by measuring, on pages of work orders and on pushes of 1,000 small transactions: it takes 13 to
 * 32 percent less time than level 6 (the default of zlib) and is less than half a percent larger; level 1 takes a third
 * less again and is three to six percent larger. {@code docs/protocol-messages.md} has the figures.
 */
public final class Gzip {

    private static final int LEVEL = 5;
    private static final int BUFFER = 8192;

    /** From here on, and from half of the usual {@code inflationRatio}, a sender sees to it that nobody takes him for an attacker. */
    private static final int UNSUSPICIOUS = 1 << 19;

    private static final int RATIO = 100;

    private Gzip() {}

    /** Compresses these bytes. */
    public static byte[] compress(byte[] bytes) {
        return compress(bytes, LEVEL);
    }

    static byte[] compress(byte[] bytes, int level) {
        ByteArrayOutputStream result = new ByteArrayOutputStream(bytes.length / 3 + 32);
        try (OutputStream out = new Deflation(result, level)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("writing to an array failed", e);
        }
        return result.toByteArray();
    }

    /** Compresses what is written; a flush sends everything written so far on its way, so that pages stream. */
    public static OutputStream compressing(OutputStream out) throws IOException {
        return new Deflation(out, LEVEL);
    }

    /**
     * Inflates what is read. Nothing is read before the first byte is asked for.
     *
     * <p>Reading throws a {@link WireException}: {@code NOT_GODWIT} if this is no gzip at all, {@code TRUNCATED} if
     * it ends early, {@code DAMAGED} if it is damaged, {@code MALFORMED} if it is followed by something, {@code TOO_LARGE} if more than
     * {@code maxBytes} come out, or, beyond the first mebibyte, more than {@code inflationRatio} times what went in.
     *
     * @param in compressed; closed with the stream that is returned
     * @param maxBytes how many bytes may come out
     * @param limits {@code inflationRatio} is kept
     */
    public static InputStream decompressing(InputStream in, long maxBytes, Limits limits) {
        return new Inflation(in, maxBytes, limits.inflationRatio());
    }

    /**
     * What compresses so well that a reader would take it for a bomb is sent as it is for a while: pages of rows that are all
     * alike, a long text of one letter.
     */
    private static final class Deflation extends GZIPOutputStream {
        private static final int PIECE = 1 << 16;

        private final int level;

        Deflation(OutputStream out, int level) throws IOException {
            super(out, BUFFER, true);
            this.level = level;
            def.setLevel(level);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = 0; at < length; at += PIECE) {
                boolean isSuspicious =
                        def.getBytesRead() > UNSUSPICIOUS && def.getBytesRead() / RATIO > def.getBytesWritten();
                def.setLevel(isSuspicious ? Deflater.NO_COMPRESSION : level);
                super.write(bytes, offset + at, Math.min(PIECE, length - at));
            }
        }
    }
}
