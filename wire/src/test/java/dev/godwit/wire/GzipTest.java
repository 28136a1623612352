package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class GzipTest {

    @Test
    void bytesComeBackAsTheyWere() throws IOException {
        Random random = Seed.random("GzipTest");
        for (int size : new int[] {0, 1, 100, 8_192, 100_000, 3_000_000}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            Arrays.fill(bytes, size / 2, size, (byte) 7);
            assertThat(inflate(Gzip.compress(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void otherProgramsReadItAndItReadsTheirs() throws IOException {
        byte[] bytes = "some text, some text".getBytes();
        assertThat(new GZIPInputStream(new ByteArrayInputStream(Gzip.compress(bytes))).readAllBytes())
                .isEqualTo(bytes);
        ByteArrayOutputStream theirs = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(theirs)) {
            out.write(bytes);
        }
        assertThat(inflate(theirs.toByteArray())).isEqualTo(bytes);
    }

    @Test
    void aHeaderWithEveryOptionalPartIsSkipped() throws IOException {
        byte[] plain = Gzip.compress("text".getBytes());
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        full.write(plain, 0, 3);
        full.write(31);
        full.write(plain, 4, 6);
        full.writeBytes(new byte[] {2, 0, 9, 9, 'n', 0, 'c', 0, 0, 0});
        full.write(plain, 10, plain.length - 10);
        assertThat(inflate(full.toByteArray())).isEqualTo("text".getBytes());
    }

    @Test
    void everyTruncationIsNoticed() {
        byte[] whole = Gzip.compress("some text, some text".getBytes());
        for (int length = 0; length < whole.length; length++) {
            failsWith(WireException.Kind.TRUNCATED, Arrays.copyOf(whole, length));
        }
    }

    @Test
    void damageIsNoticed() {
        byte[] whole = Gzip.compress("some text, some text".getBytes());
        for (int at = 10; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            assertThatThrownBy(() -> inflate(damaged)).as("byte %d", at).isInstanceOf(WireException.class);
        }
        byte[] otherMethod = whole.clone();
        otherMethod[2] = 9;
        failsWith(WireException.Kind.MALFORMED, otherMethod);
    }

    @Test
    void whatFollowsTheEndIsRefused() {
        byte[] whole = Gzip.compress("text".getBytes());
        failsWith(WireException.Kind.MALFORMED, Arrays.copyOf(whole, whole.length + 1));
    }

    @Test
    void thousandsOfEmptyMembersDoNotOverflowTheStack() {
        byte[] empty = Gzip.compress(new byte[0]);
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 50_000; i++) {
            many.writeBytes(empty);
        }
        failsWith(WireException.Kind.MALFORMED, many.toByteArray());
    }

    /** So many zeros, as somebody packs them who wants to do harm. */
    static byte[] bomb(int zeros) {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
            out.write(new byte[zeros]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bomb.toByteArray();
    }

    /** A peer that sends much of the same is no attacker, and is not taken for one, in whatever pieces it writes. */
    @Test
    void whatIsAllTheSameIsNoBomb() throws IOException {
        byte[] same = new byte[(6 << 20) + 5];
        byte[] whole = Gzip.compress(same);
        assertThat(inflate(whole)).isEqualTo(same);
        assertThat(whole.length).as("it is compressed all the same").isLessThan(same.length / 20);

        ByteArrayOutputStream network = new ByteArrayOutputStream();
        try (OutputStream out = Gzip.compressing(network)) {
            for (int at = 0; at < same.length; at += 1_000) {
                out.write(same, at, Math.min(1_000, same.length - at));
                if (at % 100_000 == 0) {
                    out.flush();
                }
            }
        }
        assertThat(inflate(network.toByteArray())).isEqualTo(same);
    }

    @Test
    void aBombIsLeftEarly() throws IOException {
        byte[] bomb = bomb(100 << 20);
        InputStream in = Gzip.decompressing(new ByteArrayInputStream(bomb), 96 << 20, Limits.DEFAULT);
        byte[] buffer = new byte[8192];
        long[] read = {0};
        assertThatThrownBy(() -> {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        read[0] += n;
                    }
                })
                .isInstanceOf(WireException.class)
                .hasMessageContaining("inflationRatio = 200");
        assertThat(read[0]).isLessThan(2 << 20);
    }

    @Test
    void anEndlessHeaderIsRefused() {
        byte[] endless = new byte[1 << 20];
        Arrays.fill(endless, (byte) 'n');
        System.arraycopy(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0}, 0, endless, 0, 10);
        failsWith(WireException.Kind.TOO_LARGE, endless);
    }

    @Test
    void readingByteByByteGivesTheSame() throws IOException {
        byte[] bytes = "a few bytes".getBytes();
        InputStream in = Gzip.decompressing(new ByteArrayInputStream(Gzip.compress(bytes)), 100, Limits.DEFAULT);
        CRC32 read = new CRC32();
        for (int next = in.read(); next >= 0; next = in.read()) {
            read.update(next);
        }
        CRC32 written = new CRC32();
        written.update(bytes);
        assertThat(read.getValue()).isEqualTo(written.getValue());
        assertThat(in.read()).isEqualTo(-1);
        in.close();
        in.close();
    }

    private static void failsWith(WireException.Kind kind, byte[] bytes) {
        assertThatThrownBy(() -> inflate(bytes))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private static byte[] inflate(byte[] bytes) throws IOException {
        try (InputStream in = Gzip.decompressing(new ByteArrayInputStream(bytes), 8 << 20, Limits.DEFAULT)) {
            return in.readAllBytes();
        }
    }
}
