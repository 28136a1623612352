package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Column;
import dev.godwit.model.ColumnOptions;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Value;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device refuses before it is sealed, and what an attacker may try. */
class WellformedTest {
    private static final Column SET = column(MergeWord.ADD_WINS_SET);
    private static final Column JSON = column(MergeWord.MERGED_JSON);

    private static Column column(MergeWord word) {
        return new Column("c", "text", word, "BINARY", false, new ColumnOptions(List.of(), "id", false));
    }

    private static String complaint(Column column, String text) {
        return Wellformed.complaint(column, Value.of(text)).orElse("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "nul",
                "NULL",
                "True",
                "{'a':1}",
                "{a:1}",
                "{\"a\":}",
                "{\"a\":1,}",
                "[1,]",
                "[,1]",
                "[1 2]",
                "{\"a\" 1}",
                "NaN",
                "Infinity",
                "-",
                "+1",
                "01",
                "1.",
                ".5",
                "1e",
                "0x10",
                "\"a",
                "\"\n\"",
                "\"\\x\"",
                "\"\\u12\"",
                "1 2",
                "{} {}",
                "[]]",
                "// c\n1",
                "/* c */ 1",
                "# c\n1",
                ")]}'\n[]",
                "\ufeff[]",
                "{\"a\":1;\"b\":2}",
                "{\"a\"=1}",
                "\"\\ud800\"",
                "\u00a01"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThat(complaint(JSON, text))
                .startsWith("is not JSON")
                .doesNotContain("\n")
                .doesNotContain("JsonReader");
        assertThat(complaint(SET, text)).startsWith("is not JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                " null ",
                "\t\"a\"\r\n",
                "-0",
                "1e5",
                "1E+5",
                "[]",
                "{}",
                "{\"\":1}",
                "[[],{}]",
                "1e999999999",
                "123456789012345678901234567890.5",
                "\"\\u0000\\/\\b\\f\"",
                "\"\u2028\u007f\""
            })
    void whatIsJsonIsTaken(String text) {
        assertThat(complaint(JSON, text)).isEmpty();
        Value canonical = Wellformed.canonical(JSON, Value.of(text));
        assertThat(Wellformed.canonical(JSON, canonical)).as("again").isEqualTo(canonical);
    }

    @Test
    void membersThatAreThereTwiceAreRefused() {
        assertThat(complaint(JSON, "{\"a\":{\"b\":1,\"b\":2}}"))
                .contains("twice")
                .contains("$.a.b");
        assertThat(complaint(JSON, "{\"a\":1,\"\\u0061\":2}")).contains("twice");
    }

    @Test
    void otherValuesThanTextsAreRefusedAndNullIsTaken() {
        assertThat(Wellformed.complaint(JSON, Value.of(1))).hasValue("is not JSON: it is no text");
        assertThat(Wellformed.complaint(SET, Value.of(new byte[] {'[', ']'}))).isPresent();
        assertThat(Wellformed.complaint(JSON, Value.NULL)).isEmpty();
        assertThat(Wellformed.complaint(SET, Value.NULL)).isEmpty();
        assertThat(Wellformed.complaint(column(MergeWord.THREE_WAY), Value.of("{")))
                .isEmpty();
        assertThatThrownBy(() -> Wellformed.canonical(SET, Value.of("{}")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String nested(int depth, String open, String close) {
        return open.repeat(depth) + "1" + close.repeat(depth);
    }

    @Test
    void documentsMayBe500DeepAndNoDeeper() {
        assertThat(complaint(JSON, nested(500, "[", "]"))).isEmpty();
        assertThat(complaint(JSON, nested(501, "[", "]"))).contains("deeper than 500");
        assertThat(complaint(JSON, nested(501, "{\"a\":", "}")))
                .contains("deeper than 500")
                .hasSizeLessThan(400);
        assertThat(complaint(JSON, nested(1_000_000, "[", "]"))).contains("deeper than 500");
        assertThat(complaint(SET, "[".repeat(1_000_000))).contains("deeper than 500");
    }

    @Test
    void documentsHaveABoundedNumberOfValues() {
        assertThat(complaint(SET, "[" + "1,".repeat(99_998) + "1]")).isEmpty();
        assertThat(complaint(SET, "[" + "1,".repeat(99_999) + "1]")).isEqualTo("has more than 100000 values");
        assertThat(complaint(JSON, "[" + "[],".repeat(99_999) + "[]]")).isEqualTo("has more than 100000 values");
    }

    @Test
    void twoWritesThatTogetherAreTooManyAreNotMerged() {
        for (ColumnRule rule : List.of(AddWinsSet.RULE, new MergedJson("id"))) {
            boolean set = rule == AddWinsSet.RULE;
            MergeServer server = new MergeServer(rule, Value.of(set ? "[]" : "{}"));
            for (int device = 1; device <= 2; device++) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < 60_000; i++) {
                    text.append(i == 0 ? "" : ",")
                            .append(set ? "" : "\"")
                            .append(device * 100_000 + i)
                            .append(set ? "" : "\":1");
                }
                MergeServer.Client client = new MergeServer.Client(device, rule, Value.of(set ? "[]" : "{}"));
                client.set(Value.of((set ? "[" : "{") + text + (set ? "]" : "}")), device);
                client.send().forEach(server::push);
            }
            assertThat(server.log.get(0).settled().taken()).isTrue();
            assertThat(server.log.get(1).verdict())
                    .isInstanceOfSatisfying(
                            Verdict.Refused.class,
                            refused -> assertThat(refused.reason()).contains("more than 100000"));
        }
    }

    @Test
    void theDeepestDocumentsMerge() {
        MergedJson rule = new MergedJson("id");
        String first = nested(499, "{\"a\":", "}");
        String keyed = nested(249, "[{\"id\":1,\"a\":", "}]");
        for (String text : List.of(first, keyed)) {
            MergeServer server = new MergeServer(rule, Value.of(text));
            MergeServer.Client client = new MergeServer.Client(1, rule, server.value);
            client.set(Value.of(text.replace("1}", "2}")), 1);
            client.set(Value.of("{}"), 2);
            client.send().forEach(server::push);
            assertThat(server.log.get(0).settled().value())
                    .isEqualTo(rule.canonical(Value.of(text.replace("1}", "2}"))));
            assertThat(server.value).isEqualTo(Value.of("{}"));
        }
        assertThat(ThreeWayMerge.merge(
                                Value.of(first), Value.of(first.replace("1", "2")), Value.of(first.replace("1", "3")))
                        .clean())
                .isFalse();
    }

    @Test
    void hugeNumbersAreNotExpanded() {
        String set = "[1e999999999,-1e999999999,1e-999999999,1e999999998,10e999999998,0e999999999]";
        assertThat(Wellformed.canonical(SET, Value.of(set)))
                .isEqualTo(Value.of("[-1e999999999,0,1e-999999999,1e999999998,1e999999999]"));
        assertThat(complaint(SET, "[1e99999999999999999999]")).contains("exponent");
        assertThat(complaint(JSON, "1e99999999999999999999")).isEmpty();
        assertThat(Wellformed.canonical(
                        JSON, Value.of("[{\"id\":1e99999999999999999999},{\"id\":-1e99999999999999999999}]")))
                .isEqualTo(Value.of("[{\"id\":-1e99999999999999999999},{\"id\":1e99999999999999999999}]"));
    }

    @Test
    void numbersCompareByValueAndHaveOneSpelling() {
        long seed = Long.getLong("seed", 1);
        System.out.println("WellformedTest numbers seed " + seed);
        Random random = new Random(seed);
        int equal = 0;
        for (int i = 0; i < 40_000; i++) {
            String one = number(random);
            String other =
                    random.nextInt(3) == 0 ? new BigDecimal(one).setScale(40).toString() : number(random);
            int expected = new BigDecimal(one).compareTo(new BigDecimal(other));
            assertThat(Integer.signum(JsonNumber.of(one).compareTo(JsonNumber.of(other))))
                    .as("%s %s", one, other)
                    .isEqualTo(expected);
            assertThat(JsonNumber.of(one)
                            .canonical()
                            .equals(JsonNumber.of(other).canonical()))
                    .as("%s %s", one, other)
                    .isEqualTo(expected == 0);
            assertThat(new BigDecimal(JsonNumber.of(one).canonical())).isEqualByComparingTo(one);
            equal += expected == 0 ? 1 : 0;
        }
        assertThat(equal).isGreaterThan(12_000);
    }

    private static String number(Random random) {
        String whole = Integer.toString(random.nextInt(random.nextBoolean() ? 3 : 2_000));
        String fraction = random.nextBoolean() ? "." + random.nextInt(300) + "0".repeat(random.nextInt(3)) : "";
        String exponent = random.nextBoolean() ? (random.nextBoolean() ? "e" : "E+") + random.nextInt(30) : "";
        return (random.nextInt(3) == 0 ? "-" : "")
                + whole
                + fraction
                + (exponent.isEmpty() && random.nextBoolean() ? "e-" + random.nextInt(30) : exponent);
    }

    /** Texts that are nearly JSON: each is taken or refused, and nothing else happens. */
    @Test
    void changedBytesAreTakenOrRefused() {
        long seed = Long.getLong("seed", 2);
        System.out.println("WellformedTest bytes seed " + seed);
        Random random = new Random(seed);
        String text =
                "{\"a\":[1,2.5e3,\"x\\u00e9\\n\"],\"b\":{\"id\":null,\"c\":[true,false]},\"l\":[{\"id\":1},{\"id\":\"2\"}]}";
        int taken = 0;
        int refused = 0;
        for (int i = 0; i < 40_000; i++) {
            StringBuilder changed = new StringBuilder(text);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(changed.length());
                switch (random.nextInt(3)) {
                    case 0 -> changed.setCharAt(at, text.charAt(random.nextInt(text.length())));
                    case 1 -> changed.deleteCharAt(at);
                    default -> changed.insert(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
                }
            }
            Value value = Value.of(changed.toString());
            if (Wellformed.complaint(JSON, value).isPresent()) {
                refused++;
            } else {
                Value canonical = Wellformed.canonical(JSON, value);
                assertThat(Wellformed.canonical(JSON, canonical)).isEqualTo(canonical);
                taken++;
            }
        }
        assertThat(taken).isGreaterThan(2_000);
        assertThat(refused).isGreaterThan(5_000);
    }
}
