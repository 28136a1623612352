package dev.godwit.wire;

import com.google.protobuf.ByteString;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Pace;
import dev.godwit.model.RowBlock;
import java.util.TreeMap;
import java.util.UUID;

/** Frames as messages. */
final class FrameEncoder {

    private static final UUID NIL = new UUID(0, 0);

    private FrameEncoder() {}

    static Messages.Frame encode(Frame frame) {
        Messages.Frame.Builder message = Messages.Frame.newBuilder();
        if (frame instanceof Opening opening) {
            message.setOpening(encode(opening));
        } else if (frame instanceof Decisions decisions) {
            message.setDecisions(encode(decisions));
        } else if (frame instanceof ScopeNotice notice) {
            message.setNotice(encode(notice));
        } else if (frame instanceof Page page) {
            message.setPage(encode(page));
        } else if (frame instanceof Cut cut) {
            message.setCut(encode(cut));
        } else {
            message.setRefusal(encode((Refusal) frame));
        }
        return message.build();
    }

    private static Messages.Opening encode(Opening opening) {
        Messages.Opening.Builder message = Messages.Opening.newBuilder()
                .setRequestId(opening.requestId())
                .setTimeline(Uuids.toBytes(opening.timeline()))
                .setServerMillis(opening.serverMillis())
                .setRowsToCome(opening.rowsToCome());
        Pace pace = opening.pace();
        if (!pace.equals(Pace.NONE)) {
            message.setPace(Messages.Pace.newBuilder()
                    .setIntervalMillis(pace.intervalMillis())
                    .setTransactions(pace.transactions())
                    .setBytes(pace.bytes()));
        }
        return message.build();
    }

    private static Messages.Decisions encode(Decisions decisions) {
        Messages.Decisions.Builder message = Messages.Decisions.newBuilder();
        decisions.receipts().forEach(receipt -> message.addReceipts(OutcomeCodec.encode(receipt)));
        return message.build();
    }

    private static Messages.ScopeNotice encode(ScopeNotice notice) {
        return Messages.ScopeNotice.newBuilder()
                .setScope(Texts.wellFormed(notice.scope()))
                .setKind(number(notice.kind()))
                .setMessage(Texts.wellFormed(notice.message()))
                .build();
    }

    private static Messages.Page encode(Page page) {
        Messages.Page.Builder message = Messages.Page.newBuilder()
                .setScope(Texts.wellFormed(page.scope()))
                .setCursor(Messages.Cursor.newBuilder()
                        .setAt(encode(page.cursor().at()))
                        .setPosition(
                                ByteString.copyFrom(page.cursor().position().value())));
        for (RowBlock block : page.blocks()) {
            message.addBlocks(BlockCodec.encode(block));
        }
        return message.build();
    }

    private static Messages.Cut encode(Cut cut) {
        Messages.Cut.Builder message =
                Messages.Cut.newBuilder().setLastSequence(cut.lastSequence()).setSafeSequence(cut.safeSequence());
        cut.receipts().forEach(receipt -> message.addReceipts(OutcomeCodec.encode(receipt)));
        new TreeMap<>(cut.checkpoints())
                .forEach((scope, checkpoint) -> message.addCheckpoints(Messages.ScopeCheckpoint.newBuilder()
                        .setScope(Texts.wellFormed(scope))
                        .setCheckpoint(encode(checkpoint))));
        return message.build();
    }

    private static Messages.Refusal encode(Refusal refusal) {
        return Messages.Refusal.newBuilder()
                .setCode(number(refusal.code()))
                .setMessage(Texts.wellFormed(refusal.message()))
                .setRetryAfterMillis(refusal.retryAfterMillis())
                .build();
    }

    private static Messages.Checkpoint encode(Checkpoint checkpoint) {
        Messages.Checkpoint.Builder message = Messages.Checkpoint.newBuilder().setCommit(checkpoint.commit());
        if (!checkpoint.timeline().equals(NIL)) {
            message.setTimeline(Uuids.toBytes(checkpoint.timeline()));
        }
        return message.build();
    }

    private static Messages.ScopeNotice.Kind number(ScopeNotice.Kind kind) {
        return switch (kind) {
            case RESET -> Messages.ScopeNotice.Kind.RESET;
            case DENIED -> Messages.ScopeNotice.Kind.DENIED;
            case SNAPSHOT -> Messages.ScopeNotice.Kind.SNAPSHOT;
        };
    }

    private static Messages.Refusal.Code number(Refusal.Code code) {
        return switch (code) {
            case CLONE -> Messages.Refusal.Code.CLONE;
            case UNAUTHORISED -> Messages.Refusal.Code.UNAUTHORISED;
            case FORBIDDEN -> Messages.Refusal.Code.FORBIDDEN;
            case MALFORMED -> Messages.Refusal.Code.MALFORMED;
            case TOO_LARGE -> Messages.Refusal.Code.TOO_LARGE;
            case LATER -> Messages.Refusal.Code.LATER;
            case UPGRADE -> Messages.Refusal.Code.UPGRADE;
            case INTERNAL -> Messages.Refusal.Code.INTERNAL;
        };
    }
}
