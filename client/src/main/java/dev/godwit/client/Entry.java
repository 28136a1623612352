package dev.godwit.client;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.RowBlock;
import dev.godwit.model.TransactionId;
import dev.godwit.wire.Changes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A transaction in the outbox, with all that is sent of it. */
record Entry(
        long local,
        TransactionId id,
        long sequence,
        boolean isVoid,
        long sealedWall,
        long sealedElapsed,
        String boot,
        @Nullable String blocked,
        List<Long> depends,
        byte[] bases,
        byte[] changes) {

    /** Base checkpoints as they are kept: per scope its name, the timeline and the commit number. */
    static byte[] encodeBases(Map<String, Checkpoint> bases) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Map.Entry<String, Checkpoint> base : bases.entrySet()) {
                out.writeUTF(base.getKey());
                out.writeLong(base.getValue().timeline().getMostSignificantBits());
                out.writeLong(base.getValue().timeline().getLeastSignificantBits());
                out.writeLong(base.getValue().commit());
            }
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
        return bytes.toByteArray();
    }

    /** What it changes. It was sealed under whatever limits there were then. */
    List<RowBlock> decoded() {
        return isVoid ? List.of() : Changes.decodeOwn(changes);
    }

    Map<String, Checkpoint> baseCheckpoints() {
        Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bases))) {
            while (in.available() > 0) {
                checkpoints.put(in.readUTF(), new Checkpoint(new UUID(in.readLong(), in.readLong()), in.readLong()));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("the bases of transaction " + id + " cannot be read", broken);
        }
        return checkpoints;
    }
}
