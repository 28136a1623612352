package dev.godwit.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Key;
import dev.godwit.model.Value;
import dev.godwit.rows.RowWrites;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fault 66: what a transaction's rows are kept under while it is merged and written, with keys made to collide. */
class CollidingKeysTest {
    private static final int BITS = 17;

    @Test
    @Timeout(60)
    void rowsWhoseKeysCollideAreFoundSoon() {
        Set<Object> merged = new HashSet<>();
        Set<Object> written = new HashSet<>();
        for (int i = 0; i < 1 << BITS; i++) {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < BITS; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            Key key = Key.of(Value.of(text.toString()));
            assertThat(merged.add(new Works.Place("t", key))).isTrue();
            assertThat(written.add(new RowWrites.Place("t", key))).isTrue();
        }
        assertThat(merged.stream().map(Object::hashCode).distinct()).hasSize(1);
    }
}
