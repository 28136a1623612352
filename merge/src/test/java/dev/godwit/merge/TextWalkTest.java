package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextWalkTest {
    private static final int HISTORIES = 600;

    private static VersionVector version(long... counts) {
        Map<Long, Long> map = new HashMap<>();
        for (int agent = 0; agent < counts.length; agent++) {
            map.put((long) agent, counts[agent]);
        }
        return VersionVector.of(map);
    }

    private static TextEvent event(long agent, VersionVector seen, Splice... splices) {
        return new TextEvent(agent, seen.count(agent) + 1, seen, List.of(splices));
    }

    private static String replayed(String base, List<TextEvent> events) {
        return applied(base, TextWalk.replay(base.length(), events));
    }

    private static String applied(String base, List<List<Splice>> splices) {
        TextBuffer text = new TextBuffer(base);
        splices.forEach(list -> list.forEach(text::apply));
        return text.toString();
    }

    /** Runs over random histories; the seed of the one that fails is in the message. {@code -Dseed=…} replays it. */
    private static void histories(int count, boolean emoji, int mostEvents, Law law) {
        String chosen = System.getProperty("seed", "");
        long first = chosen.isEmpty() ? 1 : Long.parseLong(chosen);
        int last = chosen.isEmpty() ? count : 1;
        for (long seed = first; seed < first + last; seed++) {
            Random random = new Random(seed);
            RandomTexts texts = RandomTexts.of(random, 2 + random.nextInt(4), 2 + random.nextInt(mostEvents), emoji);
            try {
                law.check(texts);
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("-Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
        System.out.println("random texts: seeds " + first + " to " + (first + last - 1));
    }

    private interface Law {
        void check(RandomTexts texts);
    }

    @Test
    void randomHistoriesEndAsInTheNaiveListThatKeepsEverything() {
        int[] reached = new int[2];
        histories(HISTORIES, false, 30, texts -> {
            String expected = new NaiveText(texts.base, texts.events).text();
            assertThat(replayed(texts.base, texts.events)).isEqualTo(expected);
            reached[0] += concurrent(texts.events) > 3 ? 1 : 0;
            reached[1] += texts.events.stream().anyMatch(TextWalkTest::deletes) ? 1 : 0;
        });
        assertReached("histories with concurrent events", reached[0], HISTORIES / 2);
        assertReached("histories with deletions", reached[1], HISTORIES / 2);
    }

    private static long concurrent(List<TextEvent> events) {
        return IntStream.range(0, events.size())
                .filter(i -> TextWalk.needed(events.subList(0, i), events.get(i).seen()) < i)
                .count();
    }

    /** A law that holds of nothing is no law. One seed alone need not reach it. */
    private static void assertReached(String what, int count, int least) {
        if (System.getProperty("seed", "").isEmpty()) {
            assertThat(count).as(what).isGreaterThanOrEqualTo(least);
        }
    }

    private static boolean deletes(TextEvent event) {
        return event.splices().stream().anyMatch(splice -> splice.deleted() > 0);
    }

    @Test
    void theOrderInWhichConcurrentEventsArriveDoesNotMatter() {
        int[] different = new int[1];
        histories(HISTORIES, false, 25, texts -> {
            String expected = replayed(texts.base, texts.events);
            for (int i = 0; i < 3; i++) {
                List<TextEvent> shuffled = texts.shuffled();
                different[0] += shuffled.equals(texts.events) ? 0 : 1;
                assertThat(replayed(texts.base, shuffled)).isEqualTo(expected);
            }
        });
        assertReached("orders that were different", different[0], HISTORIES / 2);
    }

    @Test
    void oneEventOnTopOfTheNeededRestOfALogDoesWhatReplayDoes() {
        int[] reached = new int[2];
        histories(HISTORIES, false, 25, texts -> {
            List<TextEvent> log = texts.events;
            List<List<Splice>> expected = TextWalk.replay(texts.base.length(), log);
            List<Integer> lengths = new ArrayList<>(List.of(texts.base.length()));
            for (int i = 0; i < log.size(); i++) {
                TextEvent incoming = log.get(i);
                int needed = TextWalk.needed(log.subList(0, i), incoming.seen());
                List<TextEvent> rest = log.subList(needed, i);
                assertThat(changes(TextWalk.transform(lengths.get(needed), rest, incoming)))
                        .isEqualTo(changes(expected.get(i)));
                lengths.add(lengths.get(i)
                        + expected.get(i).stream().mapToInt(Splice::growth).sum());
                reached[0] += needed > 0 && needed < i ? 1 : 0;
                reached[1] += needed == i ? 1 : 0;
            }
            int half = log.size() / 2;
            List<TextEvent> rest = log.subList(half, log.size());
            List<List<Splice>> several = TextWalk.transform(texts.base.length(), log.subList(0, half), rest);
            for (int i = half; i < log.size(); i++) {
                assertThat(changes(several.get(i - half))).isEqualTo(changes(expected.get(i)));
            }
        });
        assertReached("walks over a part of the log", reached[0], HISTORIES / 2);
        assertReached("events that need no walk", reached[1], HISTORIES / 2);
    }

    /** Without the splices that do nothing, which pass where nothing is concurrent. */
    private static List<Splice> changes(List<Splice> splices) {
        return splices.stream()
                .filter(splice -> splice.deleted() + splice.inserted().length() > 0)
                .toList();
    }

    @Test
    void emojiStayWholeWhateverIsMergedAroundThem() {
        int[] reached = new int[1];
        histories(HISTORIES, true, 25, texts -> {
            TextBuffer text = new TextBuffer(texts.base);
            for (List<Splice> splices : TextWalk.replay(texts.base.length(), texts.shuffled())) {
                splices.forEach(text::apply); // refuses what would split a pair
                assertThat(Splice.loneSurrogate(text.toString())).isEqualTo(-1);
            }
            reached[0] += text.toString().codePoints().anyMatch(point -> point > 0xffff) ? 1 : 0;
            assertThat(text.toString()).isEqualTo(new NaiveText(texts.base, texts.events).text());
        });
        assertReached("texts that end with emoji", reached[0], HISTORIES / 2);
    }

    @Test
    void whatNobodyDeletedIsInTheTextOnce() {
        int[] survivors = new int[1];
        long[] seeds = {1};
        for (; seeds[0] <= 200; seeds[0]++) {
            Random random = new Random(seeds[0]);
            // Every unit is another one, so that each can be found again.
            int agents = 2 + random.nextInt(4);
            List<TextEvent> events = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            StringBuilder left = new StringBuilder();
            char next = 'Ā';
            for (int agent = 0; agent < agents; agent++) {
                String text = "";
                VersionVector seen = VersionVector.none();
                for (int i = 0; i < 10; i++) {
                    int at = random.nextInt(text.length() + 1);
                    int deleted = random.nextInt(3) == 0 ? Math.min(2, text.length() - at) : 0;
                    Splice splice = new Splice(at, deleted, "" + next++ + next++);
                    text = Splice.apply(text, List.of(splice));
                    events.add(event(agent, seen, splice));
                    seen = seen.with(agent, i + 1);
                }
                texts.add(text);
                left.append(text);
            }
            String merged = replayed("", events);
            assertThat(sorted(merged)).as("seed " + seeds[0]).isEqualTo(sorted(left.toString()));
            for (String text : texts) {
                // Each agent's own text is there in its own order.
                assertThat(merged.replaceAll("[^" + text + "]", ""))
                        .as("seed " + seeds[0])
                        .isEqualTo(text);
            }
            survivors[0] += merged.length();
        }
        assertThat(survivors[0]).isGreaterThan(5_000);
    }

    private static String sorted(String text) {
        return text.chars()
                .sorted()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void concurrentRunsAtOnePlaceAreNotInterleavedWrittenForwardsOrBackwards() {
        for (boolean backwards : new boolean[] {false, true}) {
            List<TextEvent> events = new ArrayList<>();
            for (int agent = 0; agent < 3; agent++) {
                VersionVector seen = VersionVector.none();
                for (int i = 0; i < 5; i++) {
                    events.add(event(agent, seen, new Splice(backwards ? 2 : 2 + i, 0, "" + (char) ('a' + agent))));
                    seen = seen.with(agent, i + 1);
                }
            }
            List<TextEvent> byTurns = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                for (int agent = 2; agent >= 0; agent--) {
                    byTurns.add(events.get(agent * 5 + i));
                }
            }
            assertThat(replayed("<<>>", events)).isEqualTo("<<aaaaabbbbbccccc>>");
            assertThat(replayed("<<>>", byTurns)).isEqualTo("<<aaaaabbbbbccccc>>");
        }
    }

    /** The shuffled log would cost the product of the branches, a hundred million events, if the walk followed it. */
    @Test
    void twoLongBranchesEndInOneTextWhicheverComesFirstAndHoweverALogShufflesThem() {
        String base = "0123456789".repeat(1_000);
        List<TextEvent> one = branch(1, base.length());
        List<TextEvent> other = branch(2, base.length());
        List<TextEvent> shuffled = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            shuffled.add(one.get(i));
            shuffled.add(other.get(i));
        }
        TextEvent late = event(3, VersionVector.none(), new Splice(base.length() / 2, 0, "late"));
        List<TextEvent> all = new ArrayList<>(other);
        all.addAll(one);
        String expected = replayed(base, all);
        assertThat(applied(replayed(base, one), TextWalk.transform(base.length(), one, other)))
                .isEqualTo(expected);
        all.add(late);
        assertThat(applied(expected, List.of(TextWalk.transform(base.length(), shuffled, late))))
                .isEqualTo(replayed(base, all));
    }

    private static List<TextEvent> branch(long agent, int baseLength) {
        Random random = new Random(agent);
        List<TextEvent> events = new ArrayList<>();
        VersionVector seen = VersionVector.none();
        int length = baseLength;
        for (int i = 0; i < 10_000; i++) {
            Splice splice = new Splice(random.nextInt(length), random.nextInt(2), "x".repeat(random.nextInt(3)));
            events.add(event(agent, seen, splice));
            seen = events.get(i).version();
            length += splice.growth();
        }
        return events;
    }

    @Test
    void whatTwoDeletedIsGoneOnceAndWhatWasInsertedInItStays() {
        VersionVector none = VersionVector.none();
        List<TextEvent> events = List.of(
                event(1, none, new Splice(1, 4, "")),
                event(2, none, new Splice(2, 2, "new")),
                event(3, none, new Splice(3, 0, "kept")));
        assertThat(replayed("abcdef", events)).isEqualTo("anewkeptf");
        assertThat(TextWalk.replay(6, events).get(1)).containsExactly(new Splice(1, 0, "new"));
        assertThat(TextWalk.replay(6, events).get(2)).containsExactly(new Splice(4, 0, "kept"));
    }

    @Test
    void agentsAreOrderedAsSignedNumbers() {
        VersionVector none = VersionVector.none();
        List<TextEvent> events = List.of(
                event(Long.MAX_VALUE, none, new Splice(0, 0, "last")),
                event(Long.MIN_VALUE, none, new Splice(0, 0, "first")),
                event(0, none, new Splice(0, 0, "middle")));
        assertThat(replayed("", events)).isEqualTo("firstmiddlelast");
    }

    @Test
    void anEventThatHasSeenTheWholeLogPassesUnchanged() {
        TextEvent first = event(1, VersionVector.none(), new Splice(0, 0, "abc"));
        List<Splice> splices = List.of(new Splice(1, 1, "x"), new Splice(0, 1, ""));
        TextEvent second = new TextEvent(2, 1, first.version(), splices);
        assertThat(TextWalk.transform(0, List.of(first), second)).isSameAs(second.splices());
        assertThat(TextWalk.needed(List.of(first), second.seen())).isEqualTo(1);
    }

    @Test
    void aWalkStartsAtTheLastVersionThatAllHaveSeen() {
        TextEvent one = event(1, VersionVector.none(), new Splice(0, 0, "abc"));
        TextEvent two = event(1, one.version(), new Splice(0, 0, "d"));
        TextEvent three = event(2, one.version(), new Splice(3, 0, "e"));
        TextEvent four = event(2, three.version().join(two.version()), new Splice(0, 0, "f"));
        List<TextEvent> log = List.of(one, two, three, four);
        assertThat(TextWalk.needed(log, four.version())).isEqualTo(4);
        assertThat(TextWalk.needed(log, three.version())).isEqualTo(1);
        assertThat(TextWalk.needed(log, VersionVector.none())).isZero();
        assertThat(TextWalk.needed(log.subList(0, 2), one.version())).isEqualTo(1);
        assertThat(TextWalk.needed(List.of(), one.version())).isZero();
    }

    @Test
    void whatCannotBeIsRefused() {
        TextEvent first = event(1, version(0, 4, 2), new Splice(0, 0, "abc"));
        List<TextEvent> log = List.of(first);
        refused(log, event(2, version(0, 4, 2), new Splice(9, 2, "")), "splice at = 9, deleted = 2", "length 7");
        refused(log, event(2, version(0, 9, 2)), "event 3 of agent 2 has seen 9 events of agent 1; 5 have come");
        refused(log, event(2, version(0, 3, 2)), "event 3 of agent 2 has not seen all that the walk starts from");
        refused(log, event(2, version(0, 4, 1)), "event 2 of agent 2 has not seen all that the walk starts from");
        refused(log, event(2, version(0, 5, 1)), "event 2 of agent 2 has not seen all that the walk starts from");
        refused(log, event(2, version(8, 4, 2)), "event 3 of agent 2 has seen what the walk has not");
        refused(log, event(1, version(0, 4, 2)), "event 5 of agent 1 comes after 5 of its events");
        assertThatThrownBy(() -> TextWalk.replay(0, List.of(event(1, VersionVector.none(), new Splice(0, 1, "")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in a text of length 0");
        TextEvent late = event(2, VersionVector.none().with(1, 1));
        TextEvent early = event(1, VersionVector.none());
        assertThatThrownBy(() -> TextWalk.replay(0, List.of(late, early)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has seen 1 events of agent 1; 0 have come");
        assertThatThrownBy(() -> new TextEvent(1, 3, version(0, 1), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seq = 3");
    }

    private static void refused(List<TextEvent> log, TextEvent event, String... message) {
        assertThatThrownBy(() -> TextWalk.transform(7, log, event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(message);
    }

    @Test
    void twoWritersWhoTypedAtTheSameTimeEndInTheirText() throws IOException {
        JsonObject session =
                SharedData.read("text-concurrent-two-writers.json.gz").getAsJsonObject();
        JsonArray transactions = session.getAsJsonArray("txns");
        List<List<Splice>> splices = SharedData.splices(transactions, "patches");
        List<TextEvent> events = new ArrayList<>();
        for (int i = 0; i < transactions.size(); i++) {
            JsonObject transaction = transactions.get(i).getAsJsonObject();
            VersionVector seen = VersionVector.none();
            for (JsonElement parent : transaction.getAsJsonArray("parents")) {
                seen = seen.join(events.get(parent.getAsInt()).version());
            }
            long agent = transaction.get("agent").getAsLong();
            events.add(new TextEvent(agent, seen.count(agent) + 1, seen, splices.get(i)));
        }
        assertThat(replayed("", events)).isEqualTo(session.get("endContent").getAsString());
        assertThat(events).hasSize(26_078);
    }
}
