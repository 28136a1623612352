package dev.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.RowBlock.BlockColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowBlockTest {

    /** Columns as {@code KEY:id}. */
    private static RowBlock block(RowKind kind, String columns, Value... row) {
        List<BlockColumn> list = new ArrayList<>();
        Arrays.stream(columns.split(" "))
                .map(column -> column.split(":"))
                .forEach(column -> list.add(new BlockColumn(column[1], ColumnRole.valueOf(column[0]))));
        return new RowBlock("t", kind, list, List.<Value[]>of(row));
    }

    private static Key sealed(RowBlock block) {
        return block.sealedKeyOf(block.rows().get(0));
    }

    @Test
    void aNewRowWasSealedUnderItsKeyUnlessTheBaseOfTheKeySaysOtherwise() {
        RowBlock plain = block(RowKind.INSERT, "KEY:id SET:a", Value.of(3), Value.of("a"));
        assertThat(plain.namesSealedKeys()).isFalse();
        assertThat(sealed(plain)).isEqualTo(Key.of(Value.of(3)));
        RowBlock renamed = block(RowKind.INSERT, "KEY:id SET:a BASE:id", Value.of(3), Value.of("a"), Value.of(2));
        assertThat(renamed.namesSealedKeys()).isTrue();
        assertThat(sealed(renamed)).isEqualTo(Key.of(Value.of(2)));
        assertThat(renamed.keyOf(renamed.rows().get(0))).isEqualTo(Key.of(Value.of(3)));
    }

    @Test
    void nullSaysThatTheRowHasTheKeyStill() {
        assertThat(sealed(block(RowKind.INSERT, "KEY:id BASE:id", Value.of(3), Value.NULL)))
                .isEqualTo(Key.of(Value.of(3)));
        assertThat(sealed(block(
                        RowKind.INSERT,
                        "KEY:a KEY:b BASE:a BASE:b",
                        Value.of(1),
                        Value.of("x"),
                        Value.NULL,
                        Value.of("y"))))
                .as("half a key is none")
                .isEqualTo(Key.of(Value.of(1), Value.of("x")));
    }

    @Test
    void aKeyOfSeveralColumnsIsNamedWholeAndInItsOrder() {
        Value[] row = {Value.of(1), Value.of("x"), Value.of(2), Value.of("y")};
        RowBlock whole = block(RowKind.INSERT, "KEY:a KEY:b BASE:a BASE:b", row);
        assertThat(sealed(whole)).isEqualTo(Key.of(Value.of(2), Value.of("y")));
        assertThat(block(RowKind.INSERT, "KEY:a KEY:b BASE:b BASE:a", row).namesSealedKeys())
                .isFalse();
        assertThat(block(RowKind.INSERT, "KEY:a KEY:b SET:c BASE:b", row).namesSealedKeys())
                .isFalse();
    }

    @Test
    void onlyNewRowsWereSealedUnderAnotherKey() {
        assertThat(block(RowKind.UPDATE, "KEY:id SET:a BASE:a", Value.of(3), Value.of("a"), Value.of("b"))
                        .namesSealedKeys())
                .isFalse();
        assertThat(block(RowKind.UPDATE, "KEY:id BASE:id", Value.of(3), Value.of(2))
                        .namesSealedKeys())
                .isFalse();
        assertThat(block(RowKind.DELETE, "KEY:id", Value.of(3)).namesSealedKeys())
                .isFalse();
    }
}
