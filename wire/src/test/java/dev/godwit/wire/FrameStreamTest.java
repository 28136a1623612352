package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FrameStreamTest {

    private static final Frame OPENING = new Opening(1, Samples.TIMELINE, 2, 3);
    private static final Frame REFUSAL = new Refusal(Refusal.Code.LATER, "busy", 100);

    @Test
    void framesArriveInTheirOrderAndThenTheEnd() throws IOException {
        FrameReader reader = reader(stream(OPENING, REFUSAL));
        assertThat(reader.next()).contains(OPENING);
        assertThat(SyncCodec.decodeFrame(reader.nextBytes(), Limits.DEFAULT)).isEqualTo(REFUSAL);
        assertThat(reader.nextBytes()).isNull();
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void anAnswerWithoutFramesIsStillAnAnswer() throws IOException {
        assertThat(reader(stream()).next()).isEmpty();
    }

    @Test
    void noAnswerAtAllIsATruncatedOne() {
        failsWith(WireException.Kind.TRUNCATED, "ends after 0 bytes", new byte[0]);
    }

    @Test
    void everyTruncationWithinAFrameIsNoticed() throws IOException {
        byte[] whole = stream(REFUSAL, OPENING);
        int boundary = stream(REFUSAL).length;
        for (int length = 0; length < whole.length; length++) {
            if (length != Magic.BYTES && length != boundary) {
                failsWith(WireException.Kind.TRUNCATED, "ends", Arrays.copyOf(whole, length));
            }
        }
    }

    @Test
    void aSignInPageIsRecognised() {
        byte[] page = "<html><head>Sign in</head>".getBytes(StandardCharsets.US_ASCII);
        failsWith(
                WireException.Kind.NOT_GODWIT,
                "the answer does not speak Godwit: it begins with '<html><head>Sign in",
                page);
    }

    @Test
    void aSignInPageIsRecognisedWhereGzipWasExpected() {
        byte[] page = "<html>\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> Gzip.decompressing(new ByteArrayInputStream(page), 100, Limits.DEFAULT)
                        .read())
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.kind()).isEqualTo(WireException.Kind.NOT_GODWIT);
                    assertThat(e.retryable()).isTrue();
                })
                .hasMessageContaining("does not speak Godwit: it begins with '<html>..'");
    }

    @Test
    void anotherVersionOfTheProtocolIsNamed() {
        failsWith(WireException.Kind.UNSUPPORTED_VERSION, "version 9", new byte[] {'G', 'd', 'w', 9, 0});
    }

    @Test
    void framesThatANewerServerAddsAreSkippedAndSoAreEmptyOnes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(out);
        writer.write(new byte[] {(byte) 0x82, 0x01, 0}); // field 16, an empty message
        writer.write(new byte[0]);
        writer.write(OPENING);
        assertThat(reader(out.toByteArray()).next()).contains(OPENING);
    }

    @Test
    void framesThatMustBeUnderstoodAreNotSkipped() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new FrameWriter(out).write(new byte[] {0x7a, 0}); // field 15
        failsWith(WireException.Kind.UNSUPPORTED_VERSION, "a frame of kind 15", out.toByteArray());
    }

    @Test
    void aLengthAloneAllocatesNothing() {
        byte[] claim = {'G', 'd', 'w', 1, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x20, 1, 2, 3}; // 64 MiB
        long before = Allocated.bytes();
        failsWith(WireException.Kind.TRUNCATED, "3 of a frame's 67108864 bytes", claim);
        assertThat(Allocated.bytes() - before).isLessThan(8 << 20);
    }

    @Test
    void aLengthThatIsNoneIsRefused() {
        failsWith(WireException.Kind.TOO_LARGE, "bytes of a frame: 34359738367", new byte[] {
            'G', 'd', 'w', 1, -1, -1, -1, -1, 0x7f
        });
        failsWith(WireException.Kind.MALFORMED, "more than five", new byte[] {'G', 'd', 'w', 1, -1, -1, -1, -1, -1, 1});
    }

    @Test
    void aStreamThatTricklesIsReadWhole() throws IOException {
        InputStream trickle = new FilterInputStream(new ByteArrayInputStream(stream(OPENING, REFUSAL))) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return super.read(bytes, offset, Math.min(1, length));
            }
        };
        FrameReader reader = new FrameReader(trickle, Limits.DEFAULT);
        List<Frame> frames = new ArrayList<>();
        for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
            frames.add(next.get());
        }
        assertThat(frames).containsExactly(OPENING, REFUSAL);
    }

    @Test
    void aFrameArrivesBeforeTheNextIsWrittenEvenThroughGzip() throws IOException {
        ByteArrayOutputStream network = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(Gzip.compressing(network));
        writer.write(OPENING);
        writer.flush();
        byte[] soFar = network.toByteArray();
        assertThat(new FrameReader(inflating(soFar), Limits.DEFAULT).next()).contains(OPENING);
        writer.write(REFUSAL);
        writer.close();
        FrameReader reader = new FrameReader(inflating(network.toByteArray()), Limits.DEFAULT);
        assertThat(reader.next()).contains(OPENING);
        assertThat(reader.next()).contains(REFUSAL);
        assertThat(reader.next()).isEmpty();
    }

    private static InputStream inflating(byte[] bytes) {
        return Gzip.decompressing(new ByteArrayInputStream(bytes), 1 << 20, Limits.DEFAULT);
    }

    private static byte[] stream(Frame... frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(out)) {
            for (Frame frame : frames) {
                writer.write(frame);
            }
        }
        return out.toByteArray();
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes), Limits.DEFAULT);
    }

    private static void failsWith(WireException.Kind kind, String message, byte[] bytes) {
        assertThatThrownBy(() -> {
                    FrameReader reader = reader(bytes);
                    while (reader.next().isPresent()) {
                        continue;
                    }
                })
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }
}
