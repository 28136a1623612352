package dev.godwit.wire;

import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;

/**
 * Messages to bytes and back. {@code docs/protocol-messages.md} specifies the bytes.
 *
 * <p>Every method is a pure function. Decoding throws nothing but {@link WireException}, whatever the bytes, and
 * checks each count against the bytes that are there and against the limits before it allocates anything for it.
 * Encoding checks no limits: whoever encodes has kept them.
 */
public final class SyncCodec {

    private SyncCodec() {}

    /** A request as the body of a POST, before compression: the magic and one message. */
    public static byte[] encodeRequest(SyncRequest request) {
        byte[] message = new RequestWriter(request).write().toByteArray();
        byte[] bytes = new byte[Magic.BYTES + message.length];
        System.arraycopy(Magic.bytes(), 0, bytes, 0, Magic.BYTES);
        System.arraycopy(message, 0, bytes, Magic.BYTES, message.length);
        return bytes;
    }

    /**
     * Reads a request. The changes of its transactions are not looked at; see {@link Changes#decode}.
     *
     * @param limits {@code requestBytes}, {@code pushTransactions}, {@code transactionBytes}, {@code scopesPerDevice},
     *     {@code scopeNameChars} and {@code valueBytes} (of a cursor's position) are kept
     */
    public static SyncRequest decodeRequest(byte[] bytes, Limits limits) {
        Bounds.check("bytes of a request", bytes.length, "requestBytes", limits.requestBytes());
        Magic.check("the request", bytes, bytes.length);
        Messages.SyncRequest message =
                Shape.REQUEST.parse("a request", bytes, Magic.BYTES, Messages.SyncRequest.parser());
        try {
            return new RequestReader(message, limits).read();
        } catch (IllegalArgumentException e) {
            throw Shape.unreadable("a request", e);
        }
    }

    /** One frame, without its length; {@link FrameWriter} writes that. */
    public static byte[] encodeFrame(Frame frame) {
        return FrameEncoder.encode(frame).toByteArray();
    }

    /**
     * Reads one frame, without its length.
     *
     * @param limits {@code pageRows}, {@code pageBytes}, {@code transactionBytes}, {@code valueBytes}, {@code
     *     pushTransactions}, {@code receiptsPerCut}, {@code scopesPerDevice} and {@code scopeNameChars} are kept; the
     *     numbers of rows, bytes and receipts that the server chooses may be sixteen times the reader's own
     * @throws WireException of kind {@code UNSUPPORTED_VERSION} also for a frame that {@link FrameReader#next} would
     *     skip
     */
    public static Frame decodeFrame(byte[] bytes, Limits limits) {
        return new FrameDecoder(limits)
                .decode(bytes)
                .orElseThrow(() -> WireException.unsupported("a frame cannot be read: it has no known body"));
    }

    /** An outcome on its own, as an engine stores it. */
    public static byte[] encodeOutcome(Outcome outcome) {
        return OutcomeCodec.encode(outcome).toByteArray();
    }

    /** Reads what {@link #encodeOutcome} made. */
    public static Outcome decodeOutcome(byte[] bytes) {
        Messages.Outcome message = Shape.OUTCOME.parse("an outcome", bytes, 0, Messages.Outcome.parser());
        try {
            return OutcomeCodec.decode(message);
        } catch (IllegalArgumentException e) {
            throw Shape.unreadable("an outcome", e);
        }
    }
}
