package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpliceCodecTest {

    private static List<Splice> splices(Random random) {
        String[] texts = {"", "a", "é", "日本", "\uD83D\uDE00", "lorem ipsum".repeat(20)};
        List<Splice> splices = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            int at = random.nextInt(1 << random.nextInt(31));
            splices.add(new Splice(
                    at,
                    random.nextInt(Math.min(Integer.MAX_VALUE - at, 1 << random.nextInt(31)) + 1),
                    texts[random.nextInt(texts.length)]));
        }
        return splices;
    }

    @Test
    void theBytesAreTheseAndNoOthers() {
        List<Splice> splices =
                List.of(new Splice(3, 0, "aé"), new Splice(5, 200, ""), new Splice(4, 0, "\uD83D\uDE00"));
        byte[] bytes = SpliceCodec.encode(splices);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("03" + "06000361c3a9" + "00c80100" + "010004f09f9880");
        assertThat(SpliceCodec.decode(bytes, bytes.length)).isEqualTo(splices);
        assertThat(SpliceCodec.encode(List.of())).containsExactly(0);
    }

    @Test
    void whatWasWrittenIsRead() {
        for (long seed = 1; seed <= 2_000; seed++) {
            List<Splice> splices = splices(new Random(seed));
            byte[] bytes = SpliceCodec.encode(splices);
            assertThat(SpliceCodec.decode(bytes, bytes.length))
                    .as("seed " + seed)
                    .isEqualTo(splices);
        }
    }

    /** Bytes that are read at all are the ones that would be written: there is one form for each list. */
    @Test
    void hostileBytesAreRefusedOrTheOnlyFormOfWhatTheySay() {
        int read = 0;
        int refused = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = SpliceCodec.encode(splices(random));
            if (random.nextInt(5) == 0) {
                bytes = new byte[random.nextInt(12)];
                random.nextBytes(bytes);
            } else {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(SpliceCodec.encode(SpliceCodec.decode(bytes, 1 << 20)))
                        .as("seed " + seed)
                        .isEqualTo(bytes);
                read++;
            } catch (IllegalArgumentException expected) {
                refused++;
            }
        }
        assertThat(read).isGreaterThan(100);
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void bytesThatSayMoreThanTheyAreMakeNothingLarge() {
        HexFormat hex = HexFormat.of();
        for (String bytes : List.of(
                "",
                "ffffffff07",
                "01",
                "010000",
                "010000ffffffff07",
                "8000",
                "80808080808080808002",
                "010000" + "01ff",
                "01ffffffff1f0000",
                "01010000",
                "010000" + "03eda0bd",
                "0000",
                "01" + "00ffffffffffffffffff01" + "00",
                "010080808080808080808080")) {
            assertThatThrownBy(() -> SpliceCodec.decode(hex.parseHex(bytes), 100))
                    .as(bytes)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("byte");
        }
        assertThatThrownBy(() -> SpliceCodec.decode(new byte[101], 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("splices of 101 bytes, at most 100");
    }
}
