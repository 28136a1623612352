package dev.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KeyTest {
    private static final int BITS = 17;

    /** Two spellings of the same hash code, in every combination. */
    private static String text(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < BITS; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    /** Looked for one among all others, 131,072 of them would take some ten thousand million comparisons. */
    @Test
    @Timeout(60)
    void keysOfOneHashCodeAreFoundSoon() {
        Set<Key> keys = new HashSet<>();
        for (int i = 0; i < 1 << BITS; i++) {
            assertThat(keys.add(Key.of(Value.of(text(i)), Value.of(1)))).isTrue();
        }
        assertThat(keys.stream().map(Key::hashCode).distinct()).hasSize(1);
        assertThat(keys.contains(Key.of(Value.of(text(77)), Value.of(1)))).isTrue();
        assertThat(keys.contains(Key.of(Value.of(text(77)), Value.of(2)))).isFalse();
    }

    @Test
    void theOrderAgreesWithEquality() {
        List<Value> values = List.of(
                Value.of(0),
                Value.of(1),
                Value.of(Long.MIN_VALUE),
                Value.of(0.0),
                Value.of(-0.0),
                Value.of(1.0),
                Value.of(""),
                Value.of("a"),
                Value.of("a\u0000"),
                Value.of("\ufffd"),
                Value.of(new byte[0]),
                Value.of(new byte[] {-1}),
                Value.of(new byte[] {1}));
        for (Value one : values) {
            for (Value other : values) {
                Key first = Key.of(one, other);
                Key second = Key.of(other, one);
                assertThat(first.compareTo(second) == 0)
                        .as("%s %s", first, second)
                        .isEqualTo(first.equals(second));
                assertThat(Integer.signum(first.compareTo(second))).isEqualTo(-Integer.signum(second.compareTo(first)));
                assertThat(Key.of(one).compareTo(first)).isNegative();
            }
        }
    }
}
