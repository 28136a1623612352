package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Valid messages with bytes flipped, cut out, put in or cut off: nothing but a {@link WireException} comes of it. */
final class MutationTest {

    private static final int CASES = 20_000;

    /** Small, so that a mutated count that gets through would show. */
    private static final Limits LIMITS =
            Limits.DEFAULT.with("transactionBytes", 1 << 20).with("valueBytes", 1 << 16);

    /** Decoding may cost this much for a message that is a few hundred bytes long. */
    private static final long MEMORY = 16L << 20;

    private final Random random = Seed.random("MutationTest");
    private final Map<WireException.Kind, Integer> seen = new EnumMap<>(WireException.Kind.class);
    private int read;

    @FunctionalInterface
    private interface Decoding {
        void decode(byte[] bytes) throws IOException;
    }

    private record Target(byte[] valid, Decoding decoding) {}

    @Test
    void onlyAWireExceptionEverEscapes() throws IOException {
        List<Target> targets = targets();
        for (int i = 0; i < CASES; i++) {
            Target target = targets.get(random.nextInt(targets.size()));
            byte[] mutant = target.valid();
            for (int n = random.nextInt(4); n >= 0; n--) {
                mutant = mutate(mutant);
            }
            decode(target.decoding(), mutant);
        }
        assertThat(read).as("mutants that are messages themselves").isGreaterThan(CASES / 100);
        assertThat(seen)
                .containsKeys(
                        WireException.Kind.MALFORMED,
                        WireException.Kind.TRUNCATED,
                        WireException.Kind.NOT_GODWIT,
                        WireException.Kind.UNSUPPORTED_VERSION);
    }

    private void decode(Decoding decoding, byte[] bytes) throws IOException {
        long before = Allocated.bytes();
        try {
            decoding.decode(bytes);
            read++;
        } catch (WireException e) {
            seen.merge(e.kind(), 1, Integer::sum);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("escaped: " + e + " from " + Bytes.of(bytes), e);
        }
        assertThat(Allocated.bytes() - before)
                .as(() -> "memory for " + Bytes.of(bytes))
                .isLessThan(MEMORY);
    }

    private List<Target> targets() throws IOException {
        List<Target> targets = new ArrayList<>();
        targets.add(new Target(Changes.encode(Samples.blocks()), bytes -> Changes.decode(bytes, LIMITS)));
        for (int i = 0; i < 10; i++) {
            byte[] changes = Changes.encode(new RandomBlocks(random).blocks());
            targets.add(new Target(changes, bytes -> Changes.decode(bytes, LIMITS)));
        }
        byte[] request = SyncCodec.encodeRequest(Samples.request());
        targets.add(new Target(request, MutationTest::decodeRequest));
        Samples.frames()
                .values()
                .forEach(frame -> targets.add(
                        new Target(SyncCodec.encodeFrame(frame), bytes -> SyncCodec.decodeFrame(bytes, LIMITS))));
        Samples.outcomes()
                .forEach(
                        outcome -> targets.add(new Target(SyncCodec.encodeOutcome(outcome), SyncCodec::decodeOutcome)));
        targets.add(new Target(stream(), MutationTest::readStream));
        targets.add(new Target(Gzip.compress(stream()), MutationTest::readCompressed));
        return targets;
    }

    private static void decodeRequest(byte[] bytes) {
        for (PushedTransaction transaction :
                SyncCodec.decodeRequest(bytes, LIMITS).transactions()) {
            Changes.decode(transaction.changes(), LIMITS);
        }
    }

    private static void readStream(byte[] bytes) throws IOException {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes), LIMITS);
        while (reader.next().isPresent()) {
            continue;
        }
    }

    private static void readCompressed(byte[] bytes) throws IOException {
        readStream(Gzip.decompressing(new ByteArrayInputStream(bytes), 1 << 20, LIMITS)
                .readAllBytes());
    }

    private static byte[] stream() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(out)) {
            for (Frame frame : Samples.frames().values()) {
                writer.write(frame);
            }
        }
        return out.toByteArray();
    }

    private byte[] mutate(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(6)) {
            case 0 -> changed(bytes, at, bytes[at] ^ 1 << random.nextInt(8));
            case 1 -> changed(bytes, at, random.nextInt());
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> spliced(bytes, at, 0, random.nextInt(8));
            case 4 -> spliced(bytes, at, Math.min(bytes.length - at, random.nextInt(8)), 0);
            default -> changed(bytes, at, random.nextBoolean() ? -1 : 0x7f);
        };
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] mutant = bytes.clone();
        mutant[at] = (byte) value;
        return mutant;
    }

    private byte[] spliced(byte[] bytes, int at, int out, int in) {
        byte[] mutant = new byte[bytes.length - out + in];
        byte[] noise = new byte[in];
        random.nextBytes(noise);
        System.arraycopy(bytes, 0, mutant, 0, at);
        System.arraycopy(noise, 0, mutant, at, in);
        System.arraycopy(bytes, at + out, mutant, at + in, bytes.length - at - out);
        return mutant;
    }
}
