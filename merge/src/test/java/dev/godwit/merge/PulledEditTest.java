package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a device gets of a text that others have edited. */
class PulledEditTest {
    private static final List<Splice> SPLICES = List.of(new Splice(5, 0, ", brave"), new Splice(13, 5, "Wörld 🐦"));
    private static final String AFTER = "Hello, brave Wörld 🐦";

    private static PulledEdit edit() {
        return PulledEdit.of(11, SPLICES, AFTER);
    }

    @Test
    void makesTheTextOfTheTextThatItWasMadeOn() {
        PulledEdit travelled = PulledEdit.decode(edit().encode());
        assertThat(travelled).isEqualTo(edit());
        assertThat(travelled.applyTo("Hello world")).isEqualTo(AFTER);
    }

    @Test
    void isRefusedByEveryOtherText() {
        for (String other : List.of("Hello World!", "Hello worl", "", "hello world", "Hello\0world")) {
            assertThatThrownBy(() -> edit().applyTo(other)).as(other).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void hasOneFormOfBytes() {
        PulledEdit small = PulledEdit.of(3, List.of(new Splice(1, 1, "x")), "axc");
        // length 3; CRC-32 of "axc"; one splice: 1 from 0 (zigzag 2), one goes, one byte comes
        assertThat(((Value.BlobValue) small.encode()).value())
                .inHexadecimal()
                .containsExactly(0, 0, 0, 3, 0x85, 0x09, 0xbb, 0x19, 1, 2, 1, 1, 'x');
    }

    @Test
    void joinsWhatWasTypedInOneGo() {
        PulledEdit typed = PulledEdit.of(
                2,
                List.of(
                        new Splice(1, 1, "x"),
                        new Splice(2, 0, "y"),
                        new Splice(3, 0, "z"),
                        new Splice(3, 0, "-"),
                        new Splice(4, 1, "Z")),
                "axy-Z");
        assertThat(typed.splices())
                .containsExactly(new Splice(1, 1, "xyz"), new Splice(3, 0, "-"), new Splice(4, 1, "Z"));
        assertThat(typed.applyTo("ab")).isEqualTo("axy-Z");
    }

    @Test
    void cannotBeReadFromAnythingElse() {
        byte[] whole = ((Value.BlobValue) edit().encode()).value();
        for (int length = 0; length < whole.length; length++) {
            Value part = Value.of(java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> PulledEdit.decode(part)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> PulledEdit.decode(Value.of("text"))).isInstanceOf(IllegalArgumentException.class);
    }
}
