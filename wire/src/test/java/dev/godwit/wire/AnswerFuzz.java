package dev.godwit.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Streams of frames and gzip from any bytes. The first byte says what the rest is: {@code s} a stream; {@code g} one in gzip;
 * {@code d} what is deflated, in a gzip whose checksum and length are right; anything else the bodies of frames, each behind
 * a byte of length, with lengths and checksums that are right. No fuzzer guesses a checksum.
 */
public final class AnswerFuzz {
    private static final int MAX = 1 << 20;
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0};

    private AnswerFuzz() {}

    /** Called by the fuzzer before the first input: what loads classes does not count as an input's time. */
    public static void fuzzerInitialize() {
        for (byte[] seed : seeds().values()) {
            reads(seed);
            reads(Arrays.copyOf(seed, seed.length / 2));
        }
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        reads(data);
    }

    /** Whether it was read to its end. */
    static boolean reads(byte[] data) {
        if (data.length == 0) {
            return false;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        return switch (data[0]) {
            case 's' -> Fuzzing.within(rest, () -> frames(new ByteArrayInputStream(rest)));
            case 'g' -> Fuzzing.within(rest, () -> frames(inflating(rest)));
            case 'd' -> Fuzzing.within(rest, () -> inflated(gzip(rest)));
            default -> Fuzzing.within(rest, () -> framed(rest));
        };
    }

    private static InputStream inflating(byte[] bytes) {
        return Gzip.decompressing(new ByteArrayInputStream(bytes), MAX, Fuzzing.LIMITS);
    }

    private static List<Object> frames(InputStream in) throws IOException {
        List<Object> frames = new ArrayList<>();
        try (FrameReader reader = new FrameReader(in, Fuzzing.LIMITS)) {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                frames.add(Plain.of(frame.get()));
            }
        }
        return frames;
    }

    /** The same bytes as a stream, and as a stream in gzip. */
    private static void framed(byte[] bodies) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(out);
        writer.flush();
        for (int at = 0; at < bodies.length; ) {
            int length = Math.min(bodies[at] & 0xff, bodies.length - at - 1);
            writer.write(Arrays.copyOfRange(bodies, at + 1, at + 1 + length));
            at += 1 + length;
        }
        List<Object> plain = frames(new ByteArrayInputStream(out.toByteArray()));
        Fuzzing.same(plain, frames(inflating(Gzip.compress(out.toByteArray()))), bodies);
    }

    /** What comes out is what the JDK's own reader makes of it, at once and byte by byte, and never more than is allowed. */
    private static void inflated(byte[] gzip) throws IOException {
        byte[] whole = inflating(gzip).readAllBytes();
        if (whole.length > MAX) {
            throw new AssertionError(whole.length + " bytes came out");
        }
        Fuzzing.same(Bytes.of(jdk(gzip)), Bytes.of(whole), gzip);
        if (whole.length < 4_096) {
            InputStream slowly = inflating(gzip);
            for (byte expected : whole) {
                Fuzzing.same(expected & 0xff, slowly.read(), gzip);
            }
            Fuzzing.same(-1, slowly.read(), gzip);
        }
        Fuzzing.same(Bytes.of(whole), Bytes.of(inflating(Gzip.compress(whole)).readAllBytes()), gzip);
    }

    private static byte[] gzip(byte[] deflated) {
        byte[] out = jdkRaw(deflated, 0);
        CRC32 sum = new CRC32();
        sum.update(out);
        byte[] gzip = Arrays.copyOf(HEADER, HEADER.length + deflated.length + 8);
        System.arraycopy(deflated, 0, gzip, HEADER.length, deflated.length);
        for (int i = 0; i < 4; i++) {
            gzip[gzip.length - 8 + i] = (byte) (sum.getValue() >>> (8 * i));
            gzip[gzip.length - 4 + i] = (byte) (out.length >>> (8 * i));
        }
        return gzip;
    }

    private static byte[] jdk(byte[] gzip) {
        return jdkRaw(gzip, HEADER.length);
    }

    private static byte[] jdkRaw(byte[] bytes, int from) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes, from, bytes.length - from);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[4_096];
            for (int more = 1; more > 0 && out.size() <= MAX; ) {
                more = inflater.inflate(buffer);
                out.write(buffer, 0, more);
            }
            return out.toByteArray();
        } catch (DataFormatException notDeflated) {
            return new byte[0];
        } finally {
            inflater.end();
        }
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        ByteArrayOutputStream bodies = new ByteArrayOutputStream();
        Samples.frames().forEach((name, frame) -> {
            byte[] body = SyncCodec.encodeFrame(frame);
            if (body.length < 256) {
                bodies.write(body.length);
                bodies.writeBytes(body);
                seeds.put("frame-" + name, seed('f', bodies(body)));
            }
        });
        seeds.put("frames", seed('f', bodies.toByteArray()));
        byte[] stream = stream();
        seeds.put("stream", seed('s', stream));
        seeds.put("gzip", seed('g', Gzip.compress(stream)));
        for (int level = 0; level <= 9; level += 3) {
            byte[] gzip = Gzip.compress(stream, level);
            seeds.put("deflated-" + level, seed('d', Arrays.copyOfRange(gzip, HEADER.length, gzip.length - 8)));
        }
        return seeds;
    }

    private static byte[] bodies(byte[] body) {
        byte[] one = new byte[body.length + 1];
        one[0] = (byte) body.length;
        System.arraycopy(body, 0, one, 1, body.length);
        return one;
    }

    private static byte[] seed(char kind, byte[] rest) {
        byte[] seed = new byte[rest.length + 1];
        seed[0] = (byte) kind;
        System.arraycopy(rest, 0, seed, 1, rest.length);
        return seed;
    }

    private static byte[] stream() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(out)) {
            for (Frame frame : Samples.frames().values()) {
                writer.write(frame);
            }
        } catch (IOException impossibleInMemory) {
            throw new IllegalStateException(impossibleInMemory);
        }
        return out.toByteArray();
    }
}
