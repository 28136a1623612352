package dev.godwit.merge;

import dev.godwit.model.Value;
import java.util.Random;

/** A cell of each rule that remembers who had seen what, and what is written into it in a random history. */
enum Remembering {
    COUNTER(Counter.RULE, Value.of(7), RuleLawsTest::count),
    SET(AddWinsSet.RULE, Value.of("[1,2]"), Remembering::elements),
    DOCUMENT(new MergedJson(null), Value.of("{\"a\":1}"), Remembering::members),
    PLACE(new Precedence(RuleLawsTest.STEPS), Value.of("open"), RuleLawsTest::step);

    private final ColumnRule rule;
    private final Value first;
    private final RandomHistory.Writer writer;

    Remembering(ColumnRule rule, Value first, RandomHistory.Writer writer) {
        this.rule = rule;
        this.first = first;
        this.writer = writer;
    }

    RandomHistory history(Random random) {
        return new RandomHistory(rule, first, writer, random, random.nextBoolean());
    }

    private static CellWrite elements(Random random, Value shown) {
        StringBuilder set = new StringBuilder("[");
        for (int element = 0; element < 4; element++) {
            set.append(random.nextBoolean() ? (set.length() > 1 ? "," : "") + element : "");
        }
        return CellWrite.set(Value.of(set + "]"), shown);
    }

    private static CellWrite members(Random random, Value shown) {
        String inner = random.nextBoolean() ? "{\"c\":" + random.nextInt(9) + "}" : "" + random.nextInt(3);
        String outer = random.nextBoolean() ? "" : ",\"b\":" + random.nextInt(9);
        return CellWrite.set(Value.of("{\"a\":" + inner + outer + "}"), shown);
    }
}
