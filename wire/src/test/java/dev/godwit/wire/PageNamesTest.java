package dev.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A page with as many names as a server puts into one can be read, whatever stands in its columns. */
class PageNamesTest {
    private static final int COLUMNS = 2_000;

    /** A value of each kind, ascending numbers, and all again, so that a column has every field there is. */
    private static List<Value> everyField() {
        List<Value> values = new ArrayList<>(List.of(
                Value.of("text"),
                Value.of(new UUID(1, 2).toString()),
                Value.of(new byte[] {1}),
                Value.of(0.5),
                Value.NULL));
        for (int i = 0; i < 10; i++) {
            values.add(Value.of(1_000_000 + i));
        }
        values.addAll(values);
        values.addAll(values);
        return values;
    }

    private static Page page(int blocks) {
        List<BlockColumn> columns = new ArrayList<>();
        columns.add(new BlockColumn("id", ColumnRole.KEY));
        while (columns.size() < COLUMNS) {
            columns.add(new BlockColumn("c" + columns.size(), ColumnRole.SET));
        }
        List<Value[]> rows = new ArrayList<>();
        for (Value value : everyField()) {
            Value[] row = Collections.nCopies(COLUMNS, value).toArray(new Value[0]);
            row[0] = Value.of(rows.size());
            rows.add(row);
        }
        RowBlock block = new RowBlock("t", RowKind.UPDATE, columns, rows);
        return new Page("red", Collections.nCopies(blocks, block), Cursor.NONE);
    }

    @Test
    void theMostNamesAndTheLargestRowFit() {
        byte[] bytes = SyncCodec.encodeFrame(page(Page.NAMES / COLUMNS + 1));
        Page read = (Page) SyncCodec.decodeFrame(bytes, Limits.DEFAULT);
        assertThat(read.blocks()).hasSize(Page.NAMES / COLUMNS + 1);
    }

    @Test
    void twiceAsManyWouldNot() {
        byte[] bytes = SyncCodec.encodeFrame(page(2 * Page.NAMES / COLUMNS));
        assertThatThrownBy(() -> SyncCodec.decodeFrame(bytes, Limits.DEFAULT))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("fields");
    }
}
