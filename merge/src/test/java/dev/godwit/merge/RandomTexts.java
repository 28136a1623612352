package dev.godwit.merge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random histories of a text: some agents edit, each what it has seen, and take over from each other now and then. */
final class RandomTexts {
    private static final String[] PLAIN = {"a", "b", "xy", "lorem", " ", "\n"};
    private static final String[] WITH_EMOJI = {"a", "\uD83D\uDE00", "b\uD83D\uDC26", "\uD83C\uDDE9\uD83C\uDDEA", "é"};

    final Random random;
    final String base;
    final List<TextEvent> events = new ArrayList<>();
    private final String[] pieces;
    private final List<VersionVector> known = new ArrayList<>();

    private RandomTexts(Random random, boolean emoji) {
        this.random = random;
        pieces = emoji ? WITH_EMOJI : PLAIN;
        StringBuilder start = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            start.append(piece());
        }
        base = start.toString();
    }

    /** Events of so many agents, each after those that it has seen. */
    static RandomTexts of(Random random, int agents, int events, boolean emoji) {
        RandomTexts texts = new RandomTexts(random, emoji);
        for (int agent = 0; agent < agents; agent++) {
            texts.known.add(VersionVector.none());
        }
        while (texts.events.size() < events) {
            if (random.nextInt(10) == 0) {
                texts.meet();
            }
            texts.step(random.nextInt(agents));
        }
        return texts;
    }

    /** All see all: a version from which a walk can start. */
    private void meet() {
        VersionVector all = known.stream().reduce(VersionVector.none(), VersionVector::join);
        known.replaceAll(old -> all);
    }

    private void step(int agent) {
        VersionVector seen = known.get(agent);
        if (random.nextInt(4) == 0) {
            seen = seen.join(known.get(random.nextInt(known.size())));
        }
        long seq = seen.count(agent) + 1;
        TextEvent event = new TextEvent(agent, seq, seen, edits(new NaiveText(base, events).textAt(seen)));
        events.add(event);
        known.set(agent, event.version());
    }

    private List<Splice> edits(String text) {
        List<Splice> splices = new ArrayList<>();
        TextBuffer buffer = new TextBuffer(text);
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            String now = buffer.toString();
            int at = place(now);
            int end = random.nextInt(3) == 0 ? Math.min(now.length(), place(now)) : at;
            String inserted = random.nextInt(4) > 0 ? piece() : "";
            Splice splice = new Splice(Math.min(at, end), Math.abs(end - at), inserted);
            buffer.apply(splice);
            splices.add(splice);
        }
        return splices;
    }

    /** Often near the start, so that agents meet. */
    private int place(String text) {
        int bound = random.nextBoolean() ? Math.min(3, text.length()) : text.length();
        int at = random.nextInt(bound + 1);
        return at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
    }

    private String piece() {
        return pieces[random.nextInt(pieces.length)];
    }

    /** The same events in another order in which each comes after those that it has seen. */
    List<TextEvent> shuffled() {
        List<TextEvent> rest = new ArrayList<>(events);
        Collections.shuffle(rest, random);
        List<TextEvent> ordered = new ArrayList<>();
        Map<Long, Long> done = new HashMap<>();
        while (!rest.isEmpty()) {
            VersionVector version = VersionVector.of(done);
            TextEvent next = rest.stream()
                    .filter(event -> version.includes(event.seen()))
                    .findFirst()
                    .orElseThrow();
            rest.remove(next);
            ordered.add(next);
            done.put(next.agent(), next.seq());
        }
        return ordered;
    }
}
