package dev.godwit.merge;

import dev.godwit.merge.Json.Scalar;
import dev.godwit.merge.Json.ScalarKind;
import dev.godwit.model.Value;

/** Reads what {@link MemoryOutput} wrote; NULL reads as nothing. */
final class MemoryInput {
    private final PackedReader in;

    MemoryInput(Value memory) {
        in = new PackedReader(memory instanceof Value.BlobValue blob ? blob.value() : new byte[0]);
    }

    boolean hasMore() {
        return in.left() > 0;
    }

    long number() {
        return in.number();
    }

    int count() {
        return count(Integer.MAX_VALUE);
    }

    int count(int most) {
        return in.number(most);
    }

    String text() {
        return in.text();
    }

    Scalar scalar() {
        return new Scalar(ScalarKind.ofCode(count()), text());
    }
}
