package dev.godwit.wire;

import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import java.util.List;

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
