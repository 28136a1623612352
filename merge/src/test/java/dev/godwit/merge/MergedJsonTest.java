package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.MergeServer.Client;
import dev.godwit.merge.MergeServer.Decided;
import dev.godwit.merge.Verdict.Loser;
import dev.godwit.model.Value;
import org.junit.jupiter.api.Test;

class MergedJsonTest {
    private static final ColumnRule RULE = new MergedJson("id");

    private static Value json(String text) {
        return Value.of(text.replace('\'', '"'));
    }

    private static String canonical(String text) {
        return new MergedJson("id").canonical(json(text)).asText().replace('"', '\'');
    }

    /** Two devices' writes of one document; the second has the greater stamp and comes last, or first. */
    private static String merged(String first, String earlier, String later) {
        String result = merge(first, earlier, later, true).value.toString();
        assertThat(merge(first, earlier, later, false).value)
                .as("in the other order of arrival")
                .hasToString(result);
        return result.equals("NULL")
                ? "NULL"
                : result.substring(1, result.length() - 1).replace('"', '\'');
    }

    private static MergeServer merge(String first, String earlier, String later, boolean inOrder) {
        Value start = first.equals("NULL") ? Value.NULL : json(first);
        MergeServer server = new MergeServer(RULE, start);
        Client one = new Client(1, RULE, start);
        Client two = new Client(2, RULE, start);
        one.set(earlier.equals("NULL") ? Value.NULL : json(earlier), 100);
        two.set(later.equals("NULL") ? Value.NULL : json(later), 200);
        server.push((inOrder ? one : two).pending.get(0));
        server.push((inOrder ? two : one).pending.get(0));
        return server;
    }

    private static Loser loser(String first, String stored, String incoming, boolean inOrder) {
        MergeServer server = inOrder ? merge(first, stored, incoming, true) : merge(first, incoming, stored, false);
        return server.log.get(1).settled().loser();
    }

    @Test
    void theCanonicalFormSortsMembersAndKeyedElementsAndKeepsNumbersAsSpelled() {
        assertThat(canonical(" { 'b' : 1.50, 'a' : [ 3, 1e2, {'y':1,'x':2} ] } "))
                .isEqualTo("{'a':[3,1e2,{'x':2,'y':1}],'b':1.50}");
        assertThat(canonical("[{'id':10},{'q':1,'id':9},{'id':'x'}]"))
                .isEqualTo("[{'id':9,'q':1},{'id':10},{'id':'x'}]");
        assertThat(canonical("[{'id':2},{'id':2}]")).as("no keys").isEqualTo("[{'id':2},{'id':2}]");
        assertThat(canonical("'\\u0000\\n\\u001f'")).isEqualTo("'\\u0000\\n\\u001f'");
    }

    @Test
    void differentPathsAreBothTaken() {
        assertThat(merged("{'a':1,'b':1}", "{'a':2,'b':1}", "{'a':1,'b':2}")).isEqualTo("{'a':2,'b':2}");
        assertThat(merged("{}", "{'o':{'x':1}}", "{'o':{'y':2}}")).isEqualTo("{'o':{'x':1,'y':2}}");
        assertThat(merged("NULL", "{'x':1}", "{'y':2}")).isEqualTo("{'x':1,'y':2}");
        assertThat(merged("{'a':1,'b':2}", "{'b':2}", "{'a':1}"))
                .as("each takes half away")
                .isEqualTo("{}");
        assertThat(merged("{'a':1}", "{'a':1,'b':2}", "{}")).isEqualTo("{'b':2}");
        assertThat(merged("{'o':{'a':1}}", "{'o':{'a':1,'b':2}}", "{}")).isEqualTo("{'o':{'b':2}}");
    }

    @Test
    void onOnePathTheGreaterStampStays() {
        assertThat(merged("{'a':1}", "{'a':2}", "{'a':3}")).isEqualTo("{'a':3}");
        assertThat(merged("{'a':1}", "{'a':2}", "{}")).isEqualTo("{}");
        assertThat(merged("{'a':1}", "{}", "{'a':2}")).isEqualTo("{'a':2}");
        assertThat(merged("{'a':[1,2]}", "{'a':[1]}", "{'a':[1,2,3]}")).isEqualTo("{'a':[1,2,3]}");
        assertThat(merged("{'a':1}", "NULL", "{'a':1,'b':1}")).isEqualTo("{'b':1}");
        assertThat(merged("{'a':1}", "NULL", "NULL")).isEqualTo("NULL");
    }

    @Test
    void leavesAndWhatIsBelowThemTakeEachOtherAway() {
        assertThat(merged("{'a':1}", "{'a':{'x':1}}", "{'a':2}")).isEqualTo("{'a':2}");
        assertThat(merged("{'a':1}", "{'a':2}", "{'a':{'x':1}}")).isEqualTo("{'a':{'x':1}}");
        assertThat(merged("{'a':1}", "{'a':{'x':1}}", "{}")).isEqualTo("{}");
        assertThat(merged("{}", "{'a':[{'id':1}]}", "{'a':{'x':1}}")).isEqualTo("{'a':{'x':1}}");
        assertThat(merged("{}", "{'a':{'x':1}}", "{'a':[{'id':1}]}")).isEqualTo("{'a':[{'id':1}]}");
        assertThat(merged("{'a':1}", "{'a':2}", "[]")).isEqualTo("[]");
    }

    @Test
    void objectsInAKeyedArrayMergeByTheirKeys() {
        assertThat(merged(
                        "{'l':[{'id':1,'q':1},{'id':2,'q':1}]}",
                        "{'l':[{'id':2,'q':1},{'id':1,'q':5}]}",
                        "{'l':[{'id':1,'q':1,'n':'x'},{'id':3}]}"))
                .isEqualTo("{'l':[{'id':1,'n':'x','q':5},{'id':3}]}");
        assertThat(merged("{'l':[]}", "{'l':[{'id':'a'}]}", "{'l':[{'id':'b'}]}"))
                .isEqualTo("{'l':[{'id':'a'},{'id':'b'}]}");
        assertThat(merged("[{'id':1,'q':1}]", "[{'id':1,'q':2}]", "[]"))
                .as("the quantity was seen by the remover, the change was not, and is older")
                .isEqualTo("[]");
        assertThat(merged("[{'id':1,'q':1}]", "[]", "[{'id':1,'q':2}]")).isEqualTo("[{'id':1,'q':2}]");
    }

    @Test
    void whatIsLostIsReported() {
        assertThat(loser("{'a':1}", "{'a':2}", "{'a':3}", true)).isEqualTo(Loser.STORED);
        assertThat(loser("{'a':1}", "{'a':2}", "{'a':3}", false)).isEqualTo(Loser.INCOMING);
        assertThat(loser("{'a':1}", "{'a':2}", "{'a':2}", true)).isEqualTo(Loser.NONE);
        assertThat(loser("{'a':1}", "{'a':2}", "{'a':2}", false)).isEqualTo(Loser.NONE);
        assertThat(loser("{'a':1}", "{'a':2}", "{'a':1,'b':1}", true)).isEqualTo(Loser.NONE);
        assertThat(loser("{'a':1}", "{'a':2}", "{}", true)).isEqualTo(Loser.STORED);
        assertThat(loser("{'a':1}", "{'a':2}", "{}", false)).isEqualTo(Loser.INCOMING);
        assertThat(loser("{'a':1}", "{}", "{'a':2}", false))
                .as("set, and beaten by a remove")
                .isEqualTo(Loser.INCOMING);
        assertThat(loser("{'a':1}", "{'a':{}}", "{'a':2}", true)).isEqualTo(Loser.STORED);
        assertThat(loser("{'a':1}", "{'a':2}", "{'a':{}}", false)).isEqualTo(Loser.INCOMING);
        assertThat(loser("{'a':1}", "{'a':{'x':1}}", "{'a':{}}", true)).isEqualTo(Loser.NONE);
        assertThat(loser("{'a':1}", "{'a':2,'b':1}", "{'a':3,'b':2}", true)).isEqualTo(Loser.STORED);
    }

    @Test
    void aWriteThatHadSeenAPathWinsWhateverItsClock() {
        MergeServer server = merge("{'a':1}", "{'a':2}", "{'a':3}", true);
        Client late = new Client(3, RULE, server.value);
        Client other = new Client(4, RULE, server.value);
        late.pull(server);
        other.pull(server);
        other.set(json("{'a':3,'b':1}"), 300);
        late.set(json("{'a':4}"), 1);
        server.push(other.pending.get(0));
        Decided decided = server.push(late.pending.get(0));
        assertThat(decided.concurrent()).isTrue();
        assertThat(decided.settled().loser()).isEqualTo(Loser.NONE);
        assertThat(server.value).isEqualTo(json("{'a':4,'b':1}"));
    }

    @Test
    void whatIsNoJsonIsRefusedAndChangesNothing() {
        MergeServer server = new MergeServer(RULE, json("{'a':1}"));
        Client client = new Client(1, RULE, server.value);
        client.set(json("{'a':2"), 1);
        Decided decided = server.push(client.pending.get(0));
        assertThat(decided.verdict())
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.reason())
                                .contains("is not JSON")
                                .contains("path $.a"));
        assertThat(server.value).isEqualTo(json("{'a':1}"));
    }

    @Test
    void whatIsStoredAndIsNoJsonIsReplaced() {
        MergeServer server = new MergeServer(RULE, json("rubbish"));
        Client client = new Client(1, RULE, server.value);
        client.set(json("{ 'a': 2}"), 1);
        server.push(client.pending.get(0));
        assertThat(server.value).isEqualTo(json("{'a':2}"));
    }

    @Test
    void theMemoryGrowsWithTheChangedPathsAndIsForgotten() {
        MergeServer server = merge("{'a':1}", "{'a':2}", "{'b':3}", true);
        assertThat(((Value.BlobValue) server.memory).value().length).isLessThan(60);
        server.fold(1);
        assertThat(server.memory.isNull()).isFalse();
        server.fold(2);
        assertThat(server.memory).isEqualTo(Value.NULL);
    }
}
