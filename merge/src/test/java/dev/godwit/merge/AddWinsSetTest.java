package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.merge.Json.Scalar;
import dev.godwit.merge.MergeServer.Client;
import dev.godwit.merge.MergeServer.Decided;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.ddata.ORSet;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.junit.jupiter.api.Test;

class AddWinsSetTest {
    private static final ColumnRule RULE = AddWinsSet.RULE;
    private static final String[] ELEMENTS = {"1", "1.0", "2", "\"a\"", "\"b\"", "true", "10e-1", "\"1\""};

    private static Value set(String json) {
        return Value.of(json);
    }

    private static String canonical(String json) {
        return AddWinsSet.canonical(Value.of(json)).asText();
    }

    @Test
    void theCanonicalFormIsSortedWithoutSpaceAndHasEachElementOnce() {
        assertThat(canonical(" [ \"b\", 10, 2, \"a\", true, false, \"a\", -1 ] "))
                .isEqualTo("[false,true,-1,2,10,\"a\",\"b\"]");
        assertThat(canonical("[1.0, 1, 10e-1, 0.1E+1]")).isEqualTo("[1]");
        assertThat(canonical("[-0, 0.0, 0e7]")).isEqualTo("[0]");
        assertThat(canonical("[9007199254740993, 9007199254740992.0]"))
                .isEqualTo("[9007199254740992,9007199254740993]");
        assertThat(canonical("[1e999999999, -1e-999999999, 1.50]")).isEqualTo("[-1e-999999999,1.5,1e999999999]");
        assertThat(canonical("[0.000001, 1e-7, 100e20, 1e20]")).isEqualTo("[1e-7,0.000001,100000000000000000000,1e22]");
        assertThat(canonical("[\"\\ud83d\\ude00\", \"\\uffff\"]"))
                .as("by code points")
                .isEqualTo("[\"\uffff\",\"\ud83d\ude00\"]");
        assertThat(AddWinsSet.canonical(Value.NULL)).isEqualTo(Value.NULL);
    }

    @Test
    void whatIsNoArrayOfScalarsIsRefused() {
        assertThatThrownBy(() -> canonical("[1,[2]]")).hasMessageContaining("$[1] is an array");
        assertThatThrownBy(() -> canonical("[{}]")).hasMessageContaining("$[0] is an object");
        assertThatThrownBy(() -> canonical("[null]")).hasMessageContaining("$[0] is null");
        assertThatThrownBy(() -> canonical("[\"\\ud800\"]")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> canonical("{}")).hasMessageContaining("is not an array of scalars");
        assertThatThrownBy(() -> canonical("[1e999999999999999999]")).hasMessageContaining("exponent");
        assertThatThrownBy(() -> AddWinsSet.canonical(Value.of(1))).hasMessageContaining("no text");
        MergeServer server = new MergeServer(RULE, set("[1]"));
        Client client = new Client(1, RULE, server.value);
        client.set(set("[1,2"), 1);
        assertThat(server.push(client.pending.get(0)).verdict())
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.reason()).contains("is not JSON"));
        assertThat(server.value).isEqualTo(set("[1]"));
    }

    /** Each device's write of its whole set, made without the others' and in this order. */
    private static MergeServer concurrently(String first, String... writes) {
        MergeServer server = new MergeServer(RULE, first == null ? Value.NULL : set(first));
        for (int i = 0; i < writes.length; i++) {
            Client client = new Client(i + 1, RULE, first == null ? Value.NULL : set(first));
            client.set(writes[i] == null ? Value.NULL : set(writes[i]), 1);
            server.push(client.pending.get(0));
        }
        return server;
    }

    @Test
    void bothSidesChangesAreInTheSet() {
        assertThat(concurrently("[\"a\",\"b\"]", "[\"a\",\"b\",\"c\"]", "[\"b\",\"d\"]").value)
                .isEqualTo(set("[\"b\",\"c\",\"d\"]"));
    }

    @Test
    void aRemoveTakesOnlyAwayWhatItHadSeen() {
        MergeServer server = new MergeServer(RULE, set("[1]"));
        Client remover = new Client(1, RULE, server.value);
        Client adder = new Client(2, RULE, server.value);
        adder.set(set("[]"), 1);
        adder.set(set("[1]"), 2);
        adder.pending.forEach(server::push);
        remover.set(set("[]"), 3);
        server.push(remover.pending.get(0));
        assertThat(server.value)
                .as("added again by one of whom the remover knew nothing")
                .isEqualTo(set("[1]"));
        remover.pull(server);
        remover.pending.clear();
        remover.set(set("[]"), 4);
        server.push(remover.pending.get(0));
        assertThat(server.value).isEqualTo(set("[]"));
    }

    @Test
    void anEmptySetIsNotNull() {
        assertThat(concurrently("[1]", "[]").value).isEqualTo(set("[]"));
        assertThat(concurrently("[1]", (String) null).value).isEqualTo(Value.NULL);
        assertThat(concurrently("[1]", null, "[]").value).isEqualTo(set("[]"));
        assertThat(concurrently("[1]", "[]", null).value).isEqualTo(set("[]"));
        assertThat(concurrently("[1]", null, "[1,2]").value).isEqualTo(set("[2]"));
        assertThat(concurrently(null, "[1]", "[2]").value).isEqualTo(set("[1,2]"));
    }

    @Test
    void whatIsStoredAndIsNoSetIsReplaced() {
        assertThat(concurrently("rubbish", "[2,1]").value).isEqualTo(set("[1,2]"));
    }

    private static CellWrite next(Random random, Value shown) {
        if (random.nextInt(12) == 0) {
            return CellWrite.set(random.nextBoolean() ? Value.NULL : set("[]"), shown);
        }
        List<String> elements = new ArrayList<>();
        if (!shown.isNull()) {
            for (String element :
                    shown.asText().substring(1, shown.asText().length() - 1).split(",", -1)) {
                if (!element.isEmpty() && random.nextInt(4) > 0) {
                    elements.add(element);
                }
            }
        }
        for (int more = random.nextInt(3); more > 0; more--) {
            elements.add(ELEMENTS[random.nextInt(ELEMENTS.length)]);
        }
        return CellWrite.set(set("[" + String.join(", ", elements) + "]"), shown);
    }

    @Test
    void neitherTheOrderOfArrivalNorForgettingMatters() {
        long seed = Long.getLong("seed", 1);
        System.out.println("AddWinsSetTest seed " + seed);
        Random random = new Random(seed);
        int writes = 0;
        int concurrent = 0;
        int kept = 0;
        int nulls = 0;
        while (writes < 60_000) {
            Value first = random.nextInt(4) == 0 ? Value.NULL : set("[1,\"a\"]");
            RandomHistory history = new RandomHistory(RULE, first, AddWinsSetTest::next, random, random.nextBoolean());
            history.again(random, false);
            MergeServer folded = history.again(random, true);
            folded.fold(folded.commit);
            assertThat(folded.memory).isEqualTo(Value.NULL);
            writes += history.writes();
            for (Decided decided : history.server.log) {
                concurrent += decided.concurrent() ? 1 : 0;
                nulls += decided.settled().value().isNull() ? 1 : 0;
                Value predicted = RULE.predict(decided.before(), decided.push().write());
                kept += predicted.equals(decided.settled().value()) ? 0 : 1;
            }
        }
        assertThat(concurrent).as("concurrent writes").isGreaterThan(writes / 10);
        assertThat(kept).as("removes that had not seen an add").isGreaterThan(writes / 100);
        assertThat(nulls).as("sets that are gone").isGreaterThan(100);
    }

    @Test
    void anIndependentSetAgrees() {
        long seed = Long.getLong("seed", 2);
        System.out.println("AddWinsSetTest oracle seed " + seed);
        Random random = new Random(seed);
        int survived = 0;
        for (int writes = 0; writes < 30_000; ) {
            RandomHistory history = new RandomHistory(RULE, set("[]"), AddWinsSetTest::next, random, false);
            survived += compare(history);
            writes += history.writes();
        }
        assertThat(survived).as("elements at the end").isGreaterThan(3_000);
    }

    /** Each device's replica merges what it had seen; the server's merges the devices'. */
    private static int compare(RandomHistory history) {
        List<ORSet<String>> states = new ArrayList<>(List.of(ORSet.create()));
        Map<Long, ORSet<String>> replicas = new HashMap<>();
        for (Decided decided : history.server.log) {
            long writer = decided.push().writer();
            SelfUniqueAddress node =
                    new SelfUniqueAddress(new UniqueAddress(new Address("pekko", "test", "host", 1), writer));
            ORSet<String> replica = replicas.getOrDefault(writer, ORSet.create())
                    .merge(states.get(decided.push().seenCommits()));
            Set<String> before = elements(decided.push().write().baseOrNull());
            Set<String> after = elements(decided.push().write().value());
            for (String element : before) {
                replica = after.contains(element) ? replica : replica.remove(node, element);
            }
            for (String element : after) {
                replica = before.contains(element) ? replica : replica.add(node, element);
            }
            replicas.put(writer, replica);
            ORSet<String> server = states.get(states.size() - 1).merge(replica);
            states.add(server);
            assertThat(new TreeSet<>(server.getElements()))
                    .as("after %s", history.server.log)
                    .isEqualTo(elements(decided.settled().value()));
        }
        return elements(history.server.value).size();
    }

    private static Set<String> elements(Value value) {
        Set<String> elements = new TreeSet<>();
        for (Scalar element : ScalarSet.parseOrNone(value).elements()) {
            if (!element.equals(ScalarSet.PRESENT)) {
                elements.add(element.kind() + element.value());
            }
        }
        return elements;
    }

    @Test
    void theMemoryOfACellIsSmall() {
        MergeServer server = concurrently("[]", "[\"red\"]", "[\"green\"]");
        assertThat(((Value.BlobValue) server.memory).value().length).isLessThan(40);
    }
}
