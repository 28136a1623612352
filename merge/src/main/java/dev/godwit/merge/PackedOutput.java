package dev.godwit.merge;

import dev.godwit.merge.Json.Scalar;
import dev.godwit.model.Value;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes what a rule remembers: numbers in groups of seven bits, the lowest first. */
final class PackedOutput {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void number(long number) {
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.write(bytes, 0, bytes.length);
    }

    void scalar(Scalar scalar) {
        number(scalar.kind().code);
        text(scalar.value());
    }

    Value toValue() {
        return Value.of(out.toByteArray());
    }
}
