package dev.godwit.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The changes of one transaction, or any other list of row blocks, as bytes. */
public final class Changes {

    private Changes() {}

    /**
     * Encodes row blocks. Rows keep their order. Equal blocks give equal bytes.
     *
     * <p>Half a surrogate pair, which no UTF-8 can hold, becomes U+FFFD.
     */
    public static byte[] encode(List<RowBlock> blocks) {
        Messages.Changes.Builder message = Messages.Changes.newBuilder();
        for (RowBlock block : blocks) {
            message.addBlocks(BlockCodec.encode(block));
        }
        return message.build().toByteArray();
    }

    /** Why nobody with these limits reads the bytes, as far as that is the fault of their size; null if somebody does. */
    public static @Nullable String misfit(byte[] bytes, Limits limits) {
        try {
            Bounds.check("bytes of a transaction", bytes.length, "transactionBytes", limits.transactionBytes());
            // no field takes less than two
            if (bytes.length > 2 * Bounds.FIELDS) {
                Shape.CHANGES.check("a transaction", bytes);
            }
            return null;
        } catch (WireException tooLarge) {
            return tooLarge.getMessage();
        }
    }

    /** Decodes what {@link #encode} made in this file, whose size is nobody else's business. */
    public static List<RowBlock> decodeOwn(byte[] bytes) {
        try {
            return BlockCodec.decode(
                    Messages.Changes.parseFrom(bytes).getBlocksList(),
                    new Allowance(
                            "a transaction", Integer.MAX_VALUE, "transactionRows", Long.MAX_VALUE, Long.MAX_VALUE));
        } catch (InvalidProtocolBufferException damaged) {
            throw Shape.unreadable("a transaction", damaged);
        }
    }

    /**
     * Decodes what {@link #encode} made, or what claims to be that.
     *
     * @param limits {@code transactionBytes}, {@code transactionRows} and {@code valueBytes} are kept; what is
     *     decoded may take eight times {@code transactionBytes}
     * @throws WireException if the bytes are malformed or over a limit
     */
    public static List<RowBlock> decode(byte[] bytes, Limits limits) {
        Bounds.check("bytes of a transaction", bytes.length, "transactionBytes", limits.transactionBytes());
        Messages.Changes message = Shape.CHANGES.parse("a transaction", bytes, 0, Messages.Changes.parser());
        return BlockCodec.decode(
                message.getBlocksList(),
                new Allowance(
                        "a transaction",
                        limits.valueBytes(),
                        "transactionRows",
                        limits.transactionRows(),
                        (long) Bounds.CHANGES_FACTOR * limits.transactionBytes()));
    }
}
