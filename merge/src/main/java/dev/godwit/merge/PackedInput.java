package dev.godwit.merge;

import dev.godwit.merge.Json.Scalar;
import dev.godwit.merge.Json.ScalarKind;
import dev.godwit.model.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what {@link PackedOutput} wrote; NULL reads as nothing. */
final class PackedInput {
    private final ByteBuffer in;

    PackedInput(Value memory) {
        in = ByteBuffer.wrap(memory instanceof Value.BlobValue blob ? blob.value() : new byte[0]);
    }

    boolean hasMore() {
        return in.hasRemaining();
    }

    long number() {
        long number = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            number |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    int count() {
        return Math.toIntExact(number());
    }

    String text() {
        byte[] bytes = new byte[count()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    Scalar scalar() {
        return new Scalar(ScalarKind.ofCode(count()), text());
    }
}
