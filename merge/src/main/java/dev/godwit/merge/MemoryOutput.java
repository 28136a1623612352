package dev.godwit.merge;

import dev.godwit.merge.Json.Scalar;
import dev.godwit.model.Value;
import java.nio.charset.StandardCharsets;

/** Writes what a rule remembers of a cell, packed. */
final class MemoryOutput {
    private final PackedWriter out = new PackedWriter();

    void number(long number) {
        out.number(number);
    }

    void text(String text) {
        out.block(text.getBytes(StandardCharsets.UTF_8));
    }

    void scalar(Scalar scalar) {
        number(scalar.kind().code);
        text(scalar.value());
    }

    Value toValue() {
        return Value.of(out.toBytes());
    }
}
