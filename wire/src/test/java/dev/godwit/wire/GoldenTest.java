package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The bytes of each message as they were released. A device may send or hold such bytes for years: if one of these
 * fails, the format has changed. {@code -Dgolden=DIR} writes new files for messages that are new.
 */
final class GoldenTest {

    @TestFactory
    Iterable<DynamicTest> everyMessageHasTheBytesItAlwaysHad() {
        return messages().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertThat(hex(entry.getValue())).isEqualTo(golden(entry.getKey(), entry.getValue()))))
                .toList();
    }

    @Test
    void theOldBytesMeanWhatTheyAlwaysMeant() throws IOException {
        assertThat(SyncCodec.decodeRequest(bytes("request"), Limits.DEFAULT)).isEqualTo(Samples.request());
        assertThat(Plain.of(Changes.decode(bytes("changes"), Limits.DEFAULT))).isEqualTo(Plain.of(Samples.blocks()));
        for (Map.Entry<String, Frame> frame : Samples.frames().entrySet()) {
            assertThat(Plain.of(SyncCodec.decodeFrame(bytes("frame-" + frame.getKey()), Limits.DEFAULT)))
                    .isEqualTo(Plain.of(frame.getValue()));
        }
        for (int i = 0; i < Samples.outcomes().size(); i++) {
            assertThat(SyncCodec.decodeOutcome(bytes("outcome-" + i)))
                    .isEqualTo(Samples.outcomes().get(i));
        }
    }

    private static Map<String, byte[]> messages() {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("changes", Changes.encode(Samples.blocks()));
        messages.put("request", SyncCodec.encodeRequest(Samples.request()));
        messages.put("request-empty", SyncCodec.encodeRequest(Samples.emptyRequest(1)));
        Samples.frames().forEach((name, frame) -> messages.put("frame-" + name, SyncCodec.encodeFrame(frame)));
        for (int i = 0; i < Samples.outcomes().size(); i++) {
            messages.put(
                    "outcome-" + i, SyncCodec.encodeOutcome(Samples.outcomes().get(i)));
        }
        return messages;
    }

    private static byte[] bytes(String name) throws IOException {
        String hex = stored(name).orElseThrow().replace("\n", "");
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    private static Optional<String> stored(String name) throws IOException {
        try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + name + ".hex")) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    private static String golden(String name, byte[] now) throws IOException {
        Optional<String> stored = stored(name);
        if (stored.isPresent()) {
            return stored.get();
        }
        String directory = System.getProperty("golden");
        assertThat(directory)
                .as("no golden/" + name + ".hex; -Dgolden=DIR writes it")
                .isNotNull();
        Files.createDirectories(Path.of(directory));
        Files.writeString(Path.of(directory, name + ".hex"), hex(now));
        return hex(now);
    }

    /** In lines of 32 bytes. */
    private static String hex(byte[] bytes) {
        String hex = Bytes.of(bytes).toString();
        return hex.replaceAll("(.{64})(?=.)", "$1\n") + "\n";
    }
}
