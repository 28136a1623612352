package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextLogTest {
    private static final TextLog.Bounds BOUNDS = new TextLog.Bounds(300_000, 400_000, 100, 4 << 20);

    private static List<TextEvent> session(List<List<Splice>> transactions) {
        List<TextEvent> events = new ArrayList<>();
        VersionVector seen = VersionVector.none();
        for (List<Splice> splices : transactions) {
            TextEvent event = new TextEvent(7, events.size() + 1, seen, splices);
            events.add(event);
            seen = event.version();
        }
        return events;
    }

    private static byte[] replayed(String name, int size) throws IOException {
        JsonObject session = SharedData.read(name).getAsJsonObject();
        List<TextEvent> events = session(SharedData.splices(session.getAsJsonArray("txns"), "patches"));
        assertThat(events).hasSize(size);
        byte[] bytes = TextLog.encode(events);
        List<TextEvent> decoded = TextLog.decode(bytes, BOUNDS);
        assertThat(decoded.equals(events)).as("every event as it was").isTrue();
        TextBuffer text = new TextBuffer(session.get("startContent").getAsString());
        for (List<Splice> splices : TextWalk.replay(text.length(), decoded)) {
            splices.forEach(text::apply);
        }
        assertThat(text.toString()).isEqualTo(session.get("endContent").getAsString());
        return bytes;
    }

    @Test
    void aPapersWholeHistoryOfSingleLettersFitsInto75000Bytes() throws IOException {
        assertThat(replayed("text-session-paper.json.gz", 259_778)).hasSizeLessThanOrEqualTo(75_000);
    }

    @Test
    void aSourceFilesHistoryReplaysToItsText() throws IOException {
        assertThat(replayed("text-session-component.json.gz", 18_335)).hasSizeLessThanOrEqualTo(30_000);
    }

    @Test
    void randomHistoriesComeBackAsTheyWere() {
        for (long seed = 1; seed <= 400; seed++) {
            Random random = new Random(seed);
            List<TextEvent> events =
                    RandomTexts.of(random, 1 + random.nextInt(5), random.nextInt(40), random.nextBoolean()).events;
            assertThat(TextLog.decode(TextLog.encode(events), BOUNDS))
                    .as("seed " + seed)
                    .isEqualTo(events);
        }
    }

    @Test
    void everyShapeOfSpliceComesBack() {
        Random random = new Random(1);
        List<List<Splice>> shapes = new ArrayList<>();
        String[] texts = {"", "", "x", "y", "zz", "\uD83D\uDE00"};
        for (int i = 0; i < 5_000; i++) {
            List<Splice> splices = new ArrayList<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                splices.add(new Splice(random.nextInt(5), random.nextInt(3), texts[random.nextInt(texts.length)]));
            }
            shapes.add(splices);
        }
        shapes.add(List.of(new Splice(Integer.MAX_VALUE, 0, "end"), new Splice(0, Integer.MAX_VALUE, "")));
        List<TextEvent> events = session(shapes);
        assertThat(TextLog.decode(TextLog.encode(events), BOUNDS)).isEqualTo(events);
    }

    @Test
    void typingInOneGoCostsNextToNothingALetter() {
        List<List<Splice>> typed = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            typed.add(List.of(new Splice(100 + i, 0, "a")));
        }
        for (int i = 9_999; i >= 5_000; i--) {
            typed.add(List.of(new Splice(100 + i, 1, "")));
        }
        assertThat(TextLog.encode(session(typed))).hasSizeLessThan(100);
    }

    @Test
    void twoBranchesThatAServerShuffledCostLittleMoreThanOne() {
        List<TextEvent> events = new ArrayList<>();
        for (int i = 1; i <= 1_000; i++) {
            for (long agent = -1; agent <= 1; agent += 2) {
                VersionVector seen = VersionVector.none().with(agent, i - 1);
                events.add(new TextEvent(agent, i, seen, List.of(new Splice(i - 1, 0, "a"))));
            }
        }
        byte[] bytes = TextLog.encode(events);
        assertThat(bytes).hasSizeLessThan(200);
        assertThat(TextLog.decode(bytes, BOUNDS)).isEqualTo(events);
    }

    @Test
    void aLogOfManyWhoHaveSeenEverythingCostsWhoseTurnItIs() {
        List<TextEvent> events = new ArrayList<>();
        Random random = new Random(1);
        VersionVector all = VersionVector.none();
        for (int i = 0; i < 3_000; i++) {
            long agent = random.nextInt(3);
            events.add(new TextEvent(agent, all.count(agent) + 1, all, List.of(new Splice(i, 0, "a"))));
            all = events.get(i).version();
        }
        byte[] bytes = TextLog.encode(events);
        assertThat(bytes).hasSizeLessThan(1_200);
        assertThat(TextLog.decode(bytes, BOUNDS)).isEqualTo(events);
    }

    @Test
    void aLogWhoseStartWasFoldedAwayComesBack() {
        VersionVector folded = VersionVector.of(Map.of(3L, 40L, 4L, 2L, Long.MIN_VALUE, 9L));
        List<TextEvent> events = List.of(
                new TextEvent(3, 41, folded, List.of(new Splice(0, 0, "a"))),
                new TextEvent(4, 3, folded, List.of()),
                new TextEvent(3, 42, folded.with(3, 41).with(4, 3), List.of(new Splice(0, 1, "b"))));
        assertThat(TextLog.decode(TextLog.encode(events), BOUNDS)).isEqualTo(events);
    }

    /** Stored bytes outlive versions: these must be read for ever. */
    @Test
    void theFormatIsThis() {
        TextEvent first = new TextEvent(2, 1, VersionVector.none(), List.of(new Splice(0, 0, "hé")));
        TextEvent second =
                new TextEvent(5, 1, VersionVector.none(), List.of(new Splice(0, 0, "x"), new Splice(1, 2, "y")));
        byte[] bytes = HexFormat.of().parseHex(GOLDEN);
        assertThat(TextLog.decode(bytes, BOUNDS)).isEqualTo(List.of(first, second));
        assertThat(TextLog.decode(TextLog.encode(List.of(first, second)), BOUNDS))
                .isEqualTo(List.of(first, second));
    }

    private static final String GOLDEN =
            "01020406060863606464666204000305636460030003056360660000030563626204000507cb38bcb2a21200";

    @Test
    void hostileBytesAreRefusedOrReadAndNothingElse() {
        int refused = 0;
        for (long seed = 1; seed <= 5_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes =
                    TextLog.encode(RandomTexts.of(random, 1 + random.nextInt(3), random.nextInt(8), true).events);
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            try {
                TextLog.decode(bytes, new TextLog.Bounds(50, 100, 10, 2_000));
            } catch (IllegalArgumentException expected) {
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed, other);
            }
        }
        assertThat(refused).isBetween(1_000, 4_999);
    }

    @Test
    void whatComesToMoreThanTheBoundsIsRefused() {
        List<List<Splice>> typed = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            typed.add(List.of(new Splice(i, 0, "a"), new Splice(0, 0, "b")));
        }
        byte[] bytes = TextLog.encode(session(typed));
        assertThat(TextLog.decode(bytes, new TextLog.Bounds(50, 100, 1, 1_000))).hasSize(50);
        for (TextLog.Bounds bounds : List.of(
                new TextLog.Bounds(49, 100, 1, 1_000),
                new TextLog.Bounds(50, 99, 1, 1_000),
                new TextLog.Bounds(50, 100, 0, 1_000),
                new TextLog.Bounds(50, 100, 1, 100))) {
            assertThatThrownBy(() -> TextLog.decode(bytes, bounds))
                    .as(bounds.toString())
                    .isInstanceOf(IllegalArgumentException.class);
        }
        byte[] groups = TextLog.encode(session(List.of(List.of(), List.of(new Splice(0, 0, "a")), List.of())));
        assertThat(TextLog.decode(groups, new TextLog.Bounds(3, 1, 1, 100))).hasSize(3);
        assertThatThrownBy(() -> TextLog.decode(groups, new TextLog.Bounds(2, 1, 1, 100)))
                .hasMessageContaining("3 events");
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> TextLog.decode(longer, BOUNDS)).isInstanceOf(IllegalArgumentException.class);
    }
}
