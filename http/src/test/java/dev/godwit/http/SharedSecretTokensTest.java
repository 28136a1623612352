package dev.godwit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSecretTokensTest {
    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final SharedSecretTokens tokens = new SharedSecretTokens(
            "a secret for tests that is long enough".getBytes(StandardCharsets.US_ASCII), () -> 1_800_000_000_000L);
    private final String token = tokens.mint("ann", List.of("red"), false, 3_600_000);

    @Test
    void whatIsMintedIsGranted() {
        assertThat(tokens.verify(token).mayWrite("red")).isTrue();
    }

    /** Found by the fuzzer: characters that are none of Base64 were passed over. */
    @ParameterizedTest
    @ValueSource(strings = {"\u008a", " ", "!", "=", "+", "/"})
    void aTokenHasOneForm(String more) {
        for (int at : new int[] {token.lastIndexOf('.') + 1, token.length() - 5, token.length()}) {
            String other = token.substring(0, at) + more + token.substring(at);
            if (!other.strip().equals(token)) {
                assertThatThrownBy(() -> tokens.verify(other)).as(other).isInstanceOf(TokenVerifier.TokenRefused.class);
            }
        }
    }

    @Test
    void bitsThatSayNothingAreNone() {
        char last = token.charAt(token.length() - 1);
        String alike = token.substring(0, token.length() - 1) + DIGITS.charAt(DIGITS.indexOf(last) ^ 1);
        assertThatThrownBy(() -> tokens.verify(alike)).isInstanceOf(TokenVerifier.TokenRefused.class);
    }
}
