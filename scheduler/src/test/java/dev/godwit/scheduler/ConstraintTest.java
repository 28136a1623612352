package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Constraints are valid and bounded, and their text is read back as it was written. */
class ConstraintTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void theTextIsAsDocumented() {
        Constraint constraint = Constraint.unmetered()
                .and(Constraint.charging().or(Constraint.freeBytes(500_000_000)))
                .and(Constraint.window("22:00", "06:05", BERLIN).softFor(3_600_000))
                .and(Constraint.custom("peer nearby").not());
        assertThat(constraint.encode())
                .isEqualTo("all(unmetered,any(charging,free(500000000)),"
                        + "soft(window(22:00-06:05,Europe/Berlin),3600000),not(custom(peer nearby)))");
        assertThat(Constraint.parse(constraint.encode())).isEqualTo(constraint);
        assertThat(Constraint.NONE.encode()).isEqualTo("all()");
        assertThat(Constraint.notRoaming().encode()).isEqualTo("not-roaming");
    }

    @Test
    void everyFactHasItsFactory() {
        assertThat(List.of(
                        Constraint.connected(),
                        Constraint.unmetered(),
                        Constraint.notRoaming(),
                        Constraint.validated(),
                        Constraint.charging(),
                        Constraint.batteryNotLow(),
                        Constraint.idle(),
                        Constraint.storageNotLow()))
                .extracting(constraint -> ((Constraint.Holds) constraint).fact())
                .containsExactly(Fact.values());
    }

    @Test
    void andAndOrGrowTheirListsAndNotUndoesItself() {
        Constraint a = Constraint.charging();
        Constraint b = Constraint.idle();
        Constraint c = Constraint.unmetered();
        assertThat(a.and(b).and(c)).isEqualTo(a.and(b.and(c))).isEqualTo(Constraint.allOf(a, b, c));
        assertThat(a.or(b).or(c)).isEqualTo(a.or(b.or(c))).isEqualTo(Constraint.anyOf(a, b, c));
        assertThat(Constraint.NONE.and(a)).isEqualTo(a);
        assertThat(a.and(Constraint.NONE)).isEqualTo(a);
        assertThat(a.not().not()).isEqualTo(a);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RandomConstraints constraints = new RandomConstraints(random);
        Set<String> kinds = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            Constraint constraint;
            try {
                constraint = constraints.any(6);
            } catch (IllegalArgumentException tooLarge) {
                assertThat(tooLarge).hasMessageContaining("characters of text");
                continue;
            }
            String text = constraint.encode();
            assertThat(Constraint.parse(text)).isEqualTo(constraint);
            assertThat(text.length()).isLessThanOrEqualTo(Constraint.MAX_CHARS);
            kinds.add(constraint.getClass().getSimpleName());
        }
        assertThat(kinds)
                .contains("AllOf", "AnyOf", "Not", "Soft", "Holds", "FreeBytes", "TimeWindow", "Custom", "Host");
    }

    /** Damage of one character: it is another constraint, or an error that names the place; never anything else. */
    @Test
    void damagedTextIsAnotherConstraintOrAnErrorThatNamesThePlace() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RandomConstraints constraints = new RandomConstraints(random);
        String letters = "(),-:019anyotsf.é \u0000\ud800";
        int errors = 0;
        int others = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(constraints.any(3).encode());
            int place = random.nextInt(text.length());
            char letter = letters.charAt(random.nextInt(letters.length()));
            switch (random.nextInt(3)) {
                case 0 -> text.setCharAt(place, letter);
                case 1 -> text.insert(place, letter);
                default -> text.deleteCharAt(place);
            }
            try {
                assertThat(Constraint.parse(text.toString()).encode()).isEqualTo(text.toString());
                others++;
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining(text.toString()).hasMessageContaining("at character ");
                errors++;
            }
        }
        assertThat(errors).isGreaterThan(10_000);
        assertThat(others).isGreaterThan(200);
    }

    @Test
    void errorsNameThePlaceAndWhatIsExpected() {
        assertWrong("", "at character 0 it ends, expected a fact, as unmetered");
        assertWrong("chargin", "at character 0 there is \"chargin\"");
        assertWrong("all(unmetered,chargin)", "at character 14 there is \"chargin)\"");
        assertWrong("all(unmetered", "at character 13 it ends, expected ')'");
        assertWrong("charging ", "at character 8 there is \" \", expected its end");
        assertWrong("free(0)", "at character 5 there is \"0)\", expected a number above 0");
        assertWrong("free(99999999999999999999)", "at character 5");
        assertWrong("window(22:00-24:00,UTC)", "at character 13 there is \"24:00,UTC)\", expected a time");
        assertWrong("window(22:00-06:00,Mars/Phobos)", "the time zone \"Mars/Phobos\" of a window is not known");
        assertWrong("window(06:00-06:00,UTC)", "a window of some minutes");
        assertWrong("any()", "at least one constraint");
        assertWrong("not(soft(idle,5))", "without a soft one");
        assertWrong("custom( x)", "single blanks within, and got \" x\"");
        assertWrong("not(".repeat(16) + "idle" + ")".repeat(16), "at character 64");
        assertWrong("x".repeat(3_000), "has 3000 characters, and may have 2000");
    }

    private static void assertWrong(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Constraint.parse(text))
                .withMessageContaining(message);
    }

    @Test
    void whatIsNotValidCannotBeMade() {
        assertInvalid(() -> Constraint.freeBytes(0), "free bytes > 0, and got 0");
        assertInvalid(
                () -> new Constraint.TimeWindow(-1, 5, "UTC"), "0 <= first minute of a window < 1440, and got -1");
        assertInvalid(() -> new Constraint.TimeWindow(5, 1440, "UTC"), "and got 1440");
        assertInvalid(() -> Constraint.window("22", "06:00", BERLIN), "the time \"22\" is not HH:mm");
        assertInvalid(() -> Constraint.window("22:00", "06:00:30", BERLIN), "\"06:00:30\" has seconds");
        assertInvalid(() -> Constraint.custom(""), "1 to 64 letters");
        assertInvalid(() -> Constraint.custom("x".repeat(65)), "1 to 64 letters");
        assertInvalid(() -> Constraint.custom("a)b"), "\"a)b\"");
        assertInvalid(() -> Constraint.custom("a  b"), "single blanks");
        assertInvalid(() -> Constraint.custom("a\ud800"), "1 to 64 letters");
        assertInvalid(() -> Constraint.idle().softFor(0), "relaxes > 0");
        assertInvalid(() -> Constraint.idle().softFor(5).and(Constraint.idle()).not(), "without a soft one");
        assertInvalid(Constraint::anyOf, "at least one constraint");
    }

    @Test
    void theBoundsAreReachedAndNotPassed() {
        Constraint deep = Constraint.idle();
        for (int i = 1; i < Constraint.MAX_DEPTH; i++) {
            deep = new Constraint.Not(deep);
        }
        assertThat(Constraint.parse(deep.encode())).isEqualTo(deep);
        Constraint deepest = deep;
        assertInvalid(() -> new Constraint.Not(deepest), "at most 16 levels, and got 17");
        Constraint[] many = new Constraint[399];
        java.util.Arrays.fill(many, Constraint.idle());
        Constraint largest = Constraint.allOf(many);
        assertThat(largest.encode()).hasSize(5 + 399 * 5 - 1);
        assertThat(Constraint.parse(largest.encode())).isEqualTo(largest);
        assertInvalid(() -> largest.and(Constraint.idle()), "at most 2000 characters of text, and got 2004");
    }

    private static void assertInvalid(Callable<Constraint> making, String message) {
        assertThatIllegalArgumentException().isThrownBy(making::call).withMessageContaining(message);
    }
}
