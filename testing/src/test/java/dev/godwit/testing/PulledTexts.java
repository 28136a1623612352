package dev.godwit.testing;

import dev.godwit.merge.PulledEdit;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.model.Value;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameReader;
import dev.godwit.wire.Page;
import dev.godwit.wire.SyncCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Looks at the answers that a device gets: which texts in a column come as edits, and which whole. */
final class PulledTexts {
    private final String column;
    private final Limits limits;
    private final FaultyTransport transport;
    /** Requests that wanted texts whole: edits did not fit. */
    int wantedWhole;

    int edits;
    int splices;
    int whole;

    PulledTexts(Fleet.Member device, String column, Limits limits) {
        this.column = column;
        this.limits = limits;
        this.transport = device.transport;
        transport.watchAnswers(this::read);
    }

    private void read(byte[] answer) {
        boolean takesEdits = SyncCodec.decodeRequest(transport.recordedRequest().request(), limits)
                .takesEdits();
        wantedWhole += takesEdits ? 0 : 1;
        try (FrameReader reader = new FrameReader(new ByteArrayInputStream(answer), limits)) {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                if (frame.get() instanceof Page page) {
                    page.blocks().forEach(this::count);
                }
            }
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
    }

    private void count(RowBlock block) {
        for (int i = 0; i < block.columns().size(); i++) {
            if (block.columns().get(i).name().equals(column)) {
                for (Value[] row : block.rows()) {
                    count(block.columns().get(i).role(), row[i]);
                }
            }
        }
    }

    private void count(ColumnRole role, Value value) {
        if (role == ColumnRole.EDIT) {
            edits++;
            splices += PulledEdit.decode(value).splices().size();
        } else if (!value.isNull()) {
            whole++;
        }
    }

    /** How many came as edits and how many whole since the last time. */
    String next() {
        String seen = edits + " edits, " + whole + " whole";
        edits = 0;
        splices = 0;
        whole = 0;
        return seen;
    }
}
