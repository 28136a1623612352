package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.ValueOrder;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The order of values is SQLite's own. */
class ValueOrderTest {
    private static final long SEED = Long.getLong("seed", 1);
    private static final double[] REALS = {
        0.0, -0.0, 1.5, 9007199254740993.0, 9.3e18, -9.3e18, 4.9e-324, Double.POSITIVE_INFINITY
    };
    private static final long[] INTEGERS = {
        0, 1, -1, (1L << 53) + 1, (1L << 53) - 1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1
    };
    private static final String[] TEXTS = {
        "", "a", "A", "ab", "é", "\uFFFD", "\uD83D\uDE00", "\uE000", "a\u0000b", "10", "9"
    };

    private static Value value(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Value.NULL;
            case 1 -> Value.of(INTEGERS[random.nextInt(INTEGERS.length)]);
            case 2 -> Value.of(REALS[random.nextInt(REALS.length)]);
            case 3 -> Value.of(TEXTS[random.nextInt(TEXTS.length)] + TEXTS[random.nextInt(TEXTS.length)]);
            case 4 -> Value.of(new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(2)});
            default -> Value.of(random.nextBoolean() ? random.nextLong() : random.nextInt(10));
        };
    }

    @Test
    void sqliteSortsThemSo() {
        System.out.println("ValueOrderTest seed " + SEED);
        Random random = new Random(SEED);
        try (SqliteConnection connection = Fleet.DRIVER.open(SqliteOptions.of(":memory:"))) {
            connection.execute("create table t (v)");
            for (int i = 0; i < 3_000; i++) {
                Sql.run(connection, "insert into t values (?)", value(random));
            }
            List<Value> sorted = new ArrayList<>();
            try (SqliteStatement select = connection.prepare("select v from t order by v")) {
                while (select.step()) {
                    sorted.add(Sql.value(select, 0));
                }
            }
            int equal = 0;
            for (int i = 1; i < sorted.size(); i++) {
                Value one = sorted.get(i - 1);
                Value other = sorted.get(i);
                // what SQLite takes for equal it leaves in any order; we tell it apart
                boolean same = Sql.number(connection, "select ? = ?", one, other) != 0;
                equal += same && !one.equals(other) ? 1 : 0;
                if (!same) {
                    assertThat(ValueOrder.INSTANCE.compare(one, other))
                            .as(one + " before " + other)
                            .isNotPositive();
                }
            }
            assertThat(equal).as("values that only differ for us").isPositive();
        }
    }
}
