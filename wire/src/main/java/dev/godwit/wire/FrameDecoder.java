package dev.godwit.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import dev.godwit.model.Pace;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Frames from their bytes. */
final class FrameDecoder {

    /** Frames with a lower number must be understood; others may be skipped. */
    private static final int FIRST_OPTIONAL = 16;

    private final Limits limits;

    FrameDecoder(Limits limits) {
        this.limits = limits;
    }

    /** The frame, or empty for one that a newer server sends and that may be skipped. */
    Optional<Frame> decode(byte[] bytes) {
        Bounds.check("bytes of a frame", bytes.length, "transactionBytes + 16 * pageBytes", Bounds.frameBytes(limits));
        Messages.Frame message = Shape.FRAME.parse("a frame", bytes, 0, Messages.Frame.parser());
        try {
            return decode(message, bytes);
        } catch (IllegalArgumentException e) {
            throw Shape.unreadable("a frame", e);
        }
    }

    private Optional<Frame> decode(Messages.Frame message, byte[] bytes) {
        return switch (message.getBodyCase()) {
            case OPENING -> Optional.of(opening(message.getOpening()));
            case DECISIONS ->
                Optional.of(new Decisions(OutcomeCodec.decode(
                        message.getDecisions().getReceiptsList(), "pushTransactions", limits.pushTransactions())));
            case NOTICE -> Optional.of(notice(message.getNotice()));
            case PAGE -> Optional.of(page(message.getPage()));
            case CUT -> Optional.of(cut(message.getCut()));
            case REFUSAL -> Optional.of(refusal(message.getRefusal()));
            case BODY_NOT_SET -> skip(bytes);
        };
    }

    private static Optional<Frame> skip(byte[] bytes) {
        int number = firstField(bytes);
        if (number > 0 && number < FIRST_OPTIONAL) {
            throw WireException.unsupported("a frame of kind " + number + " cannot be read");
        }
        return Optional.empty();
    }

    private static int firstField(byte[] bytes) {
        try {
            return WireFormat.getTagFieldNumber(
                    CodedInputStream.newInstance(bytes).readTag());
        } catch (IOException e) {
            throw Shape.unreadable("a frame", e);
        }
    }

    private static Opening opening(Messages.Opening message) {
        return new Opening(
                message.getRequestId(),
                Uuids.ofBytes("timeline", message.getTimeline()),
                message.getServerMillis(),
                message.getRowsToCome(),
                pace(message.getPace()));
    }

    /** A pace that makes no sense costs nobody the answer: it is held to bounds where it is followed. */
    private static Pace pace(Messages.Pace message) {
        return new Pace(
                Math.max(0, message.getIntervalMillis()),
                Math.max(0, message.getTransactions()),
                Math.max(0, message.getBytes()));
    }

    private ScopeNotice notice(Messages.ScopeNotice message) {
        ScopeNotice.Kind kind = switch (message.getKind()) {
            case RESET -> ScopeNotice.Kind.RESET;
            case DENIED -> ScopeNotice.Kind.DENIED;
            case SNAPSHOT -> ScopeNotice.Kind.SNAPSHOT;
            default ->
                throw WireException.unsupported("a notice of kind " + message.getKindValue() + " cannot be read");
        };
        return new ScopeNotice(Bounds.scope(message.getScope(), limits), kind, message.getMessage());
    }

    private Page page(Messages.Page message) {
        Allowance allowance = new Allowance(
                "a page",
                limits.valueBytes(),
                "16 * pageRows",
                Bounds.pageRows(limits),
                (long) Bounds.PAGE_FACTOR * Bounds.frameBytes(limits));
        return new Page(
                Bounds.scope(message.getScope(), limits),
                BlockCodec.decode(message.getBlocksList(), allowance),
                cursor(message.getCursor()));
    }

    private Cursor cursor(Messages.Cursor message) {
        Bounds.check("bytes of a position", message.getPosition().size(), "valueBytes", limits.valueBytes());
        return new Cursor(
                checkpoint(message.getAt()), Bytes.of(message.getPosition().toByteArray()));
    }

    private Cut cut(Messages.Cut message) {
        Bounds.check("checkpoints", message.getCheckpointsCount(), "scopesPerDevice", limits.scopesPerDevice());
        Map<String, Checkpoint> checkpoints = new HashMap<>();
        for (Messages.ScopeCheckpoint each : message.getCheckpointsList()) {
            String scope = Bounds.scope(each.getScope(), limits);
            if (checkpoints.put(scope, checkpoint(each.getCheckpoint())) != null) {
                throw WireException.malformed("a cut names scope '" + scope + "' twice");
            }
        }
        return new Cut(
                OutcomeCodec.decode(message.getReceiptsList(), "16 * receiptsPerCut", Bounds.cutReceipts(limits)),
                checkpoints,
                message.getLastSequence(),
                message.getSafeSequence());
    }

    private static Checkpoint checkpoint(Messages.Checkpoint message) {
        UUID timeline =
                message.getTimeline().isEmpty() ? new UUID(0, 0) : Uuids.ofBytes("timeline", message.getTimeline());
        return new Checkpoint(timeline, message.getCommit());
    }

    private static Refusal refusal(Messages.Refusal message) {
        Refusal.Code code = code(message.getCode());
        // whoever syncs is told something, even by a server that says nothing
        String said = message.getMessage().isBlank()
                ? "the server refused and does not say why (" + code + ")"
                : message.getMessage();
        return new Refusal(code, said, message.getRetryAfterMillis());
    }

    private static Refusal.Code code(Messages.Refusal.Code code) {
        return switch (code) {
            case CLONE -> Refusal.Code.CLONE;
            case UNAUTHORISED -> Refusal.Code.UNAUTHORISED;
            case FORBIDDEN -> Refusal.Code.FORBIDDEN;
            case MALFORMED -> Refusal.Code.MALFORMED;
            case TOO_LARGE -> Refusal.Code.TOO_LARGE;
            case LATER -> Refusal.Code.LATER;
            case UPGRADE -> Refusal.Code.UPGRADE;
            default -> Refusal.Code.INTERNAL;
        };
    }
}
