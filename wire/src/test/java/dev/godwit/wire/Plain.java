package dev.godwit.wire;

import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;

/** Row blocks with lists in place of arrays, so that they can be compared. */
record Plain(String table, RowKind kind, List<RowBlock.BlockColumn> columns, List<List<Value>> rows) {

    static List<Plain> of(List<RowBlock> blocks) {
        List<Plain> plain = new ArrayList<>();
        for (RowBlock block : blocks) {
            List<List<Value>> rows = block.rows().stream().map(List::of).toList();
            plain.add(new Plain(block.table(), block.kind(), block.columns(), rows));
        }
        return plain;
    }

    /** Something with the equality of the frame's content. */
    static Object of(Frame frame) {
        return frame instanceof Page page ? List.of(page.scope(), of(page.blocks()), page.cursor()) : frame;
    }
}
