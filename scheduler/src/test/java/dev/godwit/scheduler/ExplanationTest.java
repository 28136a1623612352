package dev.godwit.scheduler;

import static dev.godwit.scheduler.Explanation.Stand.BLOCKED;
import static dev.godwit.scheduler.Explanation.Stand.CANCELLED;
import static dev.godwit.scheduler.Explanation.Stand.NEEDS_LOGIN;
import static dev.godwit.scheduler.Explanation.Stand.PARKED;
import static dev.godwit.scheduler.Explanation.Stand.RUNNING;
import static dev.godwit.scheduler.Explanation.Stand.SUCCEEDED;
import static dev.godwit.scheduler.Explanation.Stand.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Why work is where it is, as people read it. */
class ExplanationTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final long NOW = at("2026-11-21T13:30:00Z");
    private static final long TWO = at("2026-11-21T13:02:00Z");
    private static final long SOON = at("2026-11-21T13:45:00Z");
    private static final long TUESDAY = at("2026-11-24T08:00:00Z");

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    static Stream<Arguments> examples() {
        Explanation waiting = Explanation.of(WAITING, TWO);
        Explanation unmetered = waiting.missing(Constraint.unmetered());
        return Stream.of(
                Arguments.of(
                        unmetered.attempt(3, 8).givesUp(TUESDAY),
                        "waiting for an unmetered network since 14:02; attempt 3 of 8 after that;"
                                + " gives up on Tuesday 24 November 09:00"),
                Arguments.of(waiting, "ready to run since 14:02"),
                Arguments.of(waiting.attempt(1, 8), "ready to run since 14:02; attempt 1 of 8 comes next"),
                Arguments.of(
                        waiting.attempt(2, 0).notBefore(SOON).because("connection refused"),
                        "waiting since 14:02 until 14:45; attempt 2 after that; the last attempt ended: connection refused"),
                Arguments.of(
                        unmetered.attempt(2, 8).notBefore(SOON),
                        "waiting for an unmetered network since 14:02; attempt 2 of 8 after that; not before 14:45"),
                Arguments.of(waiting.notBefore(TWO), "ready to run since 14:02"),
                Arguments.of(waiting.notBefore(TUESDAY), "waiting since 14:02 until Tuesday 24 November 09:00"),
                Arguments.of(waiting.behind("cart-7"), "waiting since 14:02 behind other work of the key \"cart-7\""),
                Arguments.of(
                        unmetered.behind("cart-7").notBefore(SOON),
                        "waiting for an unmetered network since 14:02; it is behind other work of the key \"cart-7\";"
                                + " not before 14:45"),
                Arguments.of(
                        waiting.missing(
                                Constraint.unmetered().and(Constraint.charging().or(Constraint.freeBytes(5_000_000)))),
                        "waiting for an unmetered network, and charging or at least 5 MB free since 14:02"),
                Arguments.of(
                        unmetered.givesUp(SOON), "waiting for an unmetered network since 14:02; gives up at 14:45"),
                Arguments.of(unmetered.givesUp(NOW), "waiting for an unmetered network since 14:02; gives up now"));
    }

    static Stream<Arguments> otherExamples() {
        return Stream.of(
                Arguments.of(
                        Explanation.of(RUNNING, TWO).attempt(3, 8).givesUp(at("2027-01-01T12:00:00Z")),
                        "running since 14:02; attempt 3 of 8; gives up on Friday 1 January 2027 13:00"),
                Arguments.of(
                        Explanation.of(BLOCKED, TWO).needing(List.of("upload 1")),
                        "waiting since 14:02 for other work to end first: upload 1"),
                Arguments.of(
                        Explanation.of(BLOCKED, TWO)
                                .needing(List.of("a", "b", "c"))
                                .attempt(1, 3)
                                .givesUp(TUESDAY),
                        "waiting since 14:02 for other work to end first: a, b and c; attempt 1 of 3 after that;"
                                + " gives up on Tuesday 24 November 09:00"),
                Arguments.of(
                        Explanation.of(BLOCKED, TWO).needing(List.of("a", "b", "c", "d", "e")),
                        "waiting since 14:02 for other work to end first: a, b, c and 2 more"),
                Arguments.of(
                        Explanation.of(PARKED, TWO)
                                .attempt(8, 8)
                                .because("the server said 422\nfor row 7")
                                .givesUp(TUESDAY),
                        "parked since 14:02 after 8 of 8 attempts: the server said 422 for row 7;"
                                + " runs again when it is retried"),
                Arguments.of(
                        Explanation.of(PARKED, TWO).attempt(1, 0),
                        "parked since 14:02 after 1 attempt; runs again when it is retried"),
                Arguments.of(Explanation.of(PARKED, TWO), "parked since 14:02; runs again when it is retried"),
                Arguments.of(
                        Explanation.of(NEEDS_LOGIN, at("2026-11-20T23:30:00Z")).because("the token is too old"),
                        "waiting for a login since 00:30: the token is too old"),
                Arguments.of(
                        Explanation.of(NEEDS_LOGIN, at("2026-11-20T22:30:00Z")),
                        "waiting for a login since Friday 20 November 23:30"),
                Arguments.of(Explanation.of(SUCCEEDED, TWO).attempt(1, 8), "succeeded at 14:02"),
                Arguments.of(
                        Explanation.of(SUCCEEDED, at("2025-12-31T12:00:00Z")).attempt(3, 8),
                        "succeeded on Wednesday 31 December 2025 13:00 in attempt 3"),
                Arguments.of(
                        Explanation.of(CANCELLED, TWO).because("by the user").givesUp(TUESDAY),
                        "cancelled at 14:02: by the user"));
    }

    @ParameterizedTest
    @MethodSource({"examples", "otherExamples"})
    void readsAsPeopleWouldSayItInAnyLanguageOfTheDevice(Explanation explanation, String sentence) {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
            assertThat(explanation.sentence(NOW, BERLIN)).isEqualTo(sentence);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void timesAreThoseOfTheReadersZone() {
        Explanation waiting = Explanation.of(WAITING, TWO);
        assertThat(waiting.sentence(NOW, ZoneId.of("UTC"))).isEqualTo("ready to run since 13:02");
        assertThat(waiting.sentence(NOW, ZoneId.of("Asia/Kolkata"))).isEqualTo("ready to run since 18:32");
        assertThat(Explanation.of(WAITING, at("2026-10-25T01:30:00Z")).sentence(at("2026-10-25T12:00:00Z"), BERLIN))
                .as("after the clocks were put back")
                .isEqualTo("ready to run since 02:30");
    }

    @Test
    void aLongReasonIsCutBetweenCharacters() {
        String long1 = "x".repeat(Explanation.REASON_CHARS - 1) + "\ud83d\ude00 and so on";
        String sentence = Explanation.of(CANCELLED, TWO).because(long1).sentence(NOW, BERLIN);
        assertThat(sentence).endsWith("xxx…").hasSize("cancelled at 14:02: ".length() + Explanation.REASON_CHARS);
        assertThat(Explanation.of(CANCELLED, TWO).because(" \n\u0000 ").sentence(NOW, BERLIN))
                .isEqualTo("cancelled at 14:02");
    }
}
