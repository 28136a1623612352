package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.Json.Elements;
import dev.godwit.merge.Json.Members;
import dev.godwit.merge.Json.Scalar;
import dev.godwit.merge.Json.ScalarKind;
import dev.godwit.merge.MergeServer.Decided;
import dev.godwit.merge.Verdict.Loser;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random documents, written by devices that know little of each other. */
class MergedJsonLawTest {
    private static final MergedJson RULE = new MergedJson("id");
    private static final String[] NAMES = {"a", "b", "c"};

    /** A document as paths: {@code .name}, {@code #key} of an element; a container's own path ends in {@code {} or {@code [}. */
    private static TreeMap<String, String> paths(Value value) throws MalformedException {
        TreeMap<String, String> paths = new TreeMap<>();
        paths("", MergedJson.parse(value), paths);
        return paths;
    }

    private static void paths(String path, @Nullable Json json, Map<String, String> paths) {
        if (json instanceof Members object) {
            paths.put(path + "{", "");
            object.members().forEach((name, member) -> paths(path + "." + name, member, paths));
        } else if (json instanceof Elements array
                && array.elements().stream()
                        .allMatch(e -> e instanceof Members o && o.members().containsKey("id"))) {
            paths.put(path + "[", "");
            for (Json element : array.elements()) {
                TreeMap<String, Json> rest = new TreeMap<>(((Members) element).members());
                paths(
                        path + "#" + JsonText.write(java.util.Objects.requireNonNull(rest.remove("id"))),
                        new Members(rest),
                        paths);
            }
        } else if (json != null) {
            paths.put(path, JsonText.write(json));
        }
    }

    /** Whether both cannot be in one document. */
    private static boolean exclude(String one, String other) {
        if (one.equals(other)) {
            return false;
        }
        int same = 0;
        while (same < one.length() && same < other.length() && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        if (same == one.length() || same == other.length()) {
            String longer = one.length() > same ? one : other;
            return ".#{[".indexOf(longer.charAt(same)) >= 0;
        }
        return isMember(one.charAt(same)) && isElement(other.charAt(same))
                || isElement(one.charAt(same)) && isMember(other.charAt(same));
    }

    private static boolean isMember(char c) {
        return c == '.' || c == '{';
    }

    private static boolean isElement(char c) {
        return c == '#' || c == '[';
    }

    private static boolean isBelow(String path, String above) {
        return path.equals(above) || (path.startsWith(above) && ".#{[".indexOf(path.charAt(above.length())) >= 0);
    }

    private static List<String> containersOf(String path) {
        List<String> containers = new ArrayList<>();
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '.') {
                containers.add(path.substring(0, i) + "{");
            } else if (path.charAt(i) == '#') {
                containers.add(path.substring(0, i) + "[");
            }
        }
        return containers;
    }

    /** The law: all writes, one after the other in the order of their stamps. */
    private static TreeMap<String, String> oneByOne(Value first, List<Decided> log) throws MalformedException {
        TreeMap<String, String> state = paths(first);
        List<Decided> ordered = new ArrayList<>(log);
        ordered.sort(Comparator.comparing(Decided::stamp));
        for (Decided decided : ordered) {
            TreeMap<String, String> base = paths(decided.push().write().baseOrNull());
            TreeMap<String, String> next = paths(decided.push().write().value());
            TreeMap<String, String> sets = new TreeMap<>();
            next.forEach((path, leaf) -> {
                if (!leaf.equals(base.get(path))) {
                    sets.put(path, leaf);
                }
            });
            List<String> removes = base.keySet().stream()
                    .filter(path -> !next.containsKey(path))
                    .filter(path -> !next.containsKey(path + "{") && !next.containsKey(path + "["))
                    .toList();
            List<String> touched = new ArrayList<>(removes);
            touched.addAll(sets.keySet());
            for (String path : touched) {
                containersOf(path).stream().filter(next::containsKey).forEach(c -> sets.put(c, ""));
            }
            removes.forEach(gone -> state.keySet().removeIf(path -> isBelow(path, gone)));
            sets.forEach((path, leaf) -> {
                state.keySet().removeIf(there -> exclude(there, path));
                state.put(path, leaf);
            });
        }
        List.copyOf(state.keySet()).forEach(path -> containersOf(path).forEach(c -> state.put(c, "")));
        return state;
    }

    private static CellWrite next(Random random, Value shown) {
        try {
            Json document = MergedJson.parse(shown);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                document = random.nextInt(25) == 0
                        ? (random.nextInt(3) == 0 ? null : container(random))
                        : changed(document, random, 3);
            }
            return CellWrite.set(document == null ? Value.NULL : Value.of(JsonText.write(document)), shown);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static Json container(Random random) {
        return random.nextInt(3) > 0 ? new Members(Members.map()) : new Elements(List.of());
    }

    private static Json fresh(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> container(random);
            case 1 -> new Elements(List.of(number(random)));
            default -> number(random);
        };
    }

    private static Scalar number(Random random) {
        return new Scalar(ScalarKind.NUMBER, Integer.toString(random.nextInt(5)));
    }

    /** One path of a document changed: something set, replaced or taken away. */
    private static Json changed(@Nullable Json json, Random random, int depth) {
        if (json instanceof Members object && depth > 0) {
            TreeMap<String, Json> members = new TreeMap<>(object.members());
            change(members, NAMES[random.nextInt(NAMES.length)], random, depth);
            return new Members(members);
        }
        if (json instanceof Elements array
                && depth > 0
                && array.elements().stream().allMatch(Members.class::isInstance)) {
            TreeMap<Scalar, Json> elements = new TreeMap<>(new JsonShape("id").elements(array));
            Scalar key = number(random);
            change(elements, key, random, depth);
            if (elements.containsKey(key) && !(elements.get(key) instanceof Members)) {
                elements.put(key, new Members(Members.map()));
            }
            return new JsonShape("id").keyed(elements);
        }
        return fresh(random);
    }

    private static <K> void change(Map<K, Json> children, K key, Random random, int depth) {
        Json there = children.get(key);
        if (there == null) {
            children.put(key, fresh(random));
        } else if (random.nextInt(3) == 0) {
            children.remove(key);
        } else if (random.nextInt(6) == 0) {
            children.put(key, container(random));
        } else {
            children.put(key, changed(there, random, depth - 1));
        }
    }

    @Test
    void theDocumentIsWhatTheWritesGiveInTheOrderOfTheirStampsWhateverOrderTheyArriveIn() throws Exception {
        long seed = Long.getLong("seed", 1);
        System.out.println("MergedJsonLawTest seed " + seed);
        Random random = new Random(seed);
        int writes = 0;
        int concurrent = 0;
        int beaten = 0;
        int replaced = 0;
        int leaves = 0;
        while (writes < 40_000) {
            Value first =
                    random.nextInt(4) == 0 ? Value.NULL : Value.of("{\"a\":{\"a\":1},\"b\":[{\"id\":1,\"a\":1}]}");
            RandomHistory history =
                    new RandomHistory(RULE, first, MergedJsonLawTest::next, random, random.nextBoolean());
            history.again(random, false);
            MergeServer folded = history.again(random, true);
            folded.fold(folded.commit);
            assertThat(folded.memory).isEqualTo(Value.NULL);
            if (random.nextInt(4) == 0) {
                TreeMap<String, String> law = oneByOne(first, history.server.log);
                assertThat(paths(history.server.value))
                        .as("%s", history.server.log)
                        .isEqualTo(law);
                assertThat(RULE.canonical(history.server.value)).isEqualTo(history.server.value);
                leaves += law.size();
            }
            writes += history.writes();
            for (Decided decided : history.server.log) {
                concurrent += decided.concurrent() ? 1 : 0;
                beaten += decided.settled().loser() == Loser.INCOMING ? 1 : 0;
                replaced += decided.settled().loser() == Loser.STORED ? 1 : 0;
            }
        }
        assertThat(concurrent).as("concurrent writes").isGreaterThan(writes / 10);
        assertThat(beaten).as("beaten writes").isGreaterThan(writes / 100);
        assertThat(replaced).as("writes that replaced others").isGreaterThan(writes / 100);
        assertThat(leaves).as("paths at the end").isGreaterThan(writes / 40);
    }

    @Test
    void whatNobodyKnowinglyReplacedIsThereOrItsLossIsReported() throws Exception {
        long seed = Long.getLong("seed", 2);
        System.out.println("MergedJsonLawTest survival seed " + seed);
        Random random = new Random(seed);
        int survived = 0;
        int reported = 0;
        for (int writes = 0; writes < 20_000; ) {
            RandomHistory history = new RandomHistory(RULE, Value.of("{}"), MergedJsonLawTest::next, random, false);
            writes += history.writes();
            for (Decided decided : history.server.log) {
                TreeMap<String, String> base = paths(decided.push().write().baseOrNull());
                TreeMap<String, String> next = paths(decided.push().write().value());
                TreeMap<String, String> after = paths(decided.settled().value());
                boolean own = next.entrySet().stream()
                        .allMatch(e -> isContainer(e.getKey())
                                || e.getValue().equals(base.get(e.getKey()))
                                || e.getValue().equals(after.get(e.getKey())));
                boolean others = paths(decided.before()).entrySet().stream()
                        .allMatch(e -> isContainer(e.getKey())
                                || e.getValue().equals(base.get(e.getKey()))
                                || e.getValue().equals(after.get(e.getKey())));
                survived += own && others ? 1 : 0;
                reported += decided.settled().loser() != Loser.NONE ? 1 : 0;
                if (!own) {
                    assertThat(decided.settled().loser()).as("%s", decided).isEqualTo(Loser.INCOMING);
                } else if (!others) {
                    assertThat(decided.settled().loser())
                            .as("%s", history.server.log.subList(0, history.server.log.indexOf(decided) + 1))
                            .isNotEqualTo(Loser.NONE);
                }
            }
        }
        assertThat(survived).isGreaterThan(4_000);
        assertThat(reported).isGreaterThan(400);
    }

    private static boolean isContainer(String path) {
        return path.endsWith("{") || path.endsWith("[");
    }

    @Test
    void thePredictionIsTheOutcomeWhenNobodyElseWrote() {
        long seed = Long.getLong("seed", 3);
        System.out.println("MergedJsonLawTest prediction seed " + seed);
        Random random = new Random(seed);
        int alone = 0;
        for (int writes = 0; writes < 10_000; ) {
            RandomHistory history = new RandomHistory(RULE, Value.NULL, MergedJsonLawTest::next, random, false);
            List<Decided> log = history.server.log;
            writes += log.size();
            for (int i = 0; i < log.size(); i++) {
                Decided decided = log.get(i);
                boolean others = log.subList(Math.min(i, decided.push().seenCommits()), i).stream()
                        .anyMatch(before ->
                                before.push().writer() != decided.push().writer());
                if (!others) {
                    Value next = RULE.canonical(decided.push().write().value());
                    assertThat(decided.settled().value()).as("%s", log).isEqualTo(next);
                    assertThat(RULE.predict(decided.before(), decided.push().write()))
                            .isEqualTo(next);
                    alone++;
                }
            }
        }
        assertThat(alone).isGreaterThan(1_000);
    }
}
