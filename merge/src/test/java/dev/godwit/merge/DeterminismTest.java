package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The same writes give the same bytes on every machine: in other locales and time zones, and on every JVM, which all have to
 * come to the digest that is written here.
 */
class DeterminismTest {
    private static final int HISTORIES = 300;
    /** Of {@link #digest}; a change of it is a change of how things merge, for everybody. */
    private static final String DIGEST = "b47fd9d2abd60278a73e5e05d22774a6898901aae55d60db2a3cae1bccd54f79";

    /** For a JVM that compiles nothing, and is slower by far. */
    private static final int FEW_HISTORIES = 60;

    private static final String DIGEST_OF_FEW = "c92d505be768870a37f96344a9aa283c5c17dc34c287466c6aa2e337d29e98ae";

    private static final Map<ColumnRule, RandomHistory.Writer> RULES = Map.of(
            LastWriter.RULE,
            (random, shown) -> CellWrite.set(Value.of("v" + random.nextInt(9)), shown),
            Extremum.MAX,
            (random, shown) -> CellWrite.set(Value.of(random.nextGaussian()), shown),
            Counter.RULE,
            (random, shown) -> CellWrite.add(random.nextInt(9) - 4),
            AddWinsSet.RULE,
            (random, shown) -> CellWrite.set(Value.of(set(random)), shown),
            ThreeWay.RULE,
            (random, shown) -> CellWrite.set(Value.of(random.nextInt(5) + "\nI\nı\n" + random.nextInt(5)), shown),
            new MergedJson(null),
            (random, shown) -> CellWrite.set(
                    Value.of("{\"I" + random.nextInt(3) + "\":" + random.nextInt(99) + ",\"é\":[1]}"), shown),
            new Precedence(List.of("open", "done")),
            (random, shown) -> CellWrite.set(Value.of(random.nextBoolean() ? "open" : "done"), shown));

    private static String set(Random random) {
        TreeSet<String> set = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            set.add(
                    random.nextBoolean()
                            ? "\"ß" + random.nextInt(4) + "\""
                            : random.nextInt(4) + "." + random.nextInt(2));
        }
        return set.toString();
    }

    /** Everything that the rules make of so many random histories each, and the walk of a third as many random texts. */
    private static String digest(int histories) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            RULES.entrySet().stream()
                    .sorted((a, b) -> name(a.getKey()).compareTo(name(b.getKey())))
                    .forEach(rule -> {
                        Random random = new Random(7);
                        for (int i = 0; i < histories; i++) {
                            RandomHistory history =
                                    new RandomHistory(rule.getKey(), Value.NULL, rule.getValue(), random, true);
                            digest.update((name(rule.getKey()) + history.states).getBytes(StandardCharsets.UTF_8));
                        }
                    });
            Random random = new Random(7);
            for (int i = 0; i < histories / 3; i++) {
                RandomTexts texts = RandomTexts.of(random, 3, 20, true);
                digest.update(TextWalk.replay(texts.base.length(), texts.events)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    private static String name(ColumnRule rule) {
        return rule.getClass().getSimpleName();
    }

    /** Prints the digest of as many histories as it is given; run in another JVM. */
    public static void main(String[] histories) {
        System.out.print(digest(Integer.parseInt(histories[0])));
    }

    @Test
    void theSameWritesGiveTheSameBytes() {
        assertThat(digest(HISTORIES)).isEqualTo(DIGEST);
    }

    @Test
    void inAnotherLocaleAndTimeZoneToo() {
        assertThat(inAnotherJvm(
                        HISTORIES,
                        "-Duser.language=tr",
                        "-Duser.country=TR",
                        "-Duser.timezone=Pacific/Kiritimati",
                        "-Dfile.encoding=ISO-8859-9"))
                .isEqualTo(DIGEST);
        assertThat(inAnotherJvm(FEW_HISTORIES, "-Duser.language=ar", "-Duser.timezone=Asia/Kathmandu", "-Xint"))
                .isEqualTo(DIGEST_OF_FEW);
    }

    private static String inAnotherJvm(int histories, String... options) {
        ProcessBuilder java = new ProcessBuilder();
        java.command()
                .add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.command().addAll(List.of(options));
        java.command()
                .addAll(List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        DeterminismTest.class.getName(),
                        Integer.toString(histories)));
        java.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = java.start();
            try (InputStream out = process.getInputStream()) {
                return new String(out.readAllBytes(), StandardCharsets.US_ASCII);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
