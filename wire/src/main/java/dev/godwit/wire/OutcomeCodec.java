package dev.godwit.wire;

import com.google.protobuf.ByteString;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Outcome.Applied;
import dev.godwit.model.Outcome.LostCell;
import dev.godwit.model.Outcome.Rejected;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.model.Value.BlobValue;
import dev.godwit.model.Value.RealValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Receipts and the outcomes in them. */
final class OutcomeCodec {

    private OutcomeCodec() {}

    static Messages.Receipt encode(Receipt receipt) {
        return Messages.Receipt.newBuilder()
                .setId(Uuids.toBytes(receipt.id().value()))
                .setSequence(receipt.sequence())
                .setOutcome(encode(receipt.outcome()))
                .build();
    }

    static List<Receipt> decode(List<Messages.Receipt> messages, String limit, int max) {
        Bounds.check("receipts", messages.size(), limit, max);
        List<Receipt> receipts = new ArrayList<>(messages.size());
        for (Messages.Receipt message : messages) {
            receipts.add(new Receipt(
                    new TransactionId(Uuids.ofBytes("transaction id", message.getId())),
                    message.getSequence(),
                    decode(message.getOutcome())));
        }
        return receipts;
    }

    static Messages.Outcome encode(Outcome outcome) {
        Messages.Outcome.Builder message = Messages.Outcome.newBuilder();
        if (outcome instanceof Applied applied) {
            message.setApplied(encode(applied));
        } else if (outcome instanceof Outcome.Duplicate duplicate) {
            message.setDuplicate(Messages.Duplicate.newBuilder().addAllRekeyed(encode(duplicate.rekeyed())));
        } else if (outcome instanceof Rejected rejected) {
            message.setRejected(encode(rejected));
        } else if (outcome instanceof Outcome.Later later) {
            message.setLater(Messages.Later.newBuilder()
                    .setAfterMillis(later.afterMillis())
                    .setReason(Texts.wellFormed(later.reason())));
        } else {
            message.setVoided(Messages.Voided.getDefaultInstance());
        }
        return message.build();
    }

    static Outcome decode(Messages.Outcome message) {
        return switch (message.getVerdictCase()) {
            case APPLIED -> decode(message.getApplied());
            case DUPLICATE ->
                new Outcome.Duplicate(decode(message.getDuplicate().getRekeyedList()));
            case REJECTED -> decode(message.getRejected());
            case LATER ->
                new Outcome.Later(
                        message.getLater().getAfterMillis(), message.getLater().getReason());
            case VOIDED -> new Outcome.Voided();
            case VERDICT_NOT_SET ->
                throw WireException.unsupported("an outcome cannot be read: it has no known verdict");
        };
    }

    private static Messages.Applied encode(Applied applied) {
        Messages.Applied.Builder message = Messages.Applied.newBuilder();
        new TreeMap<>(applied.commits())
                .forEach((scope, commit) -> message.addCommits(Messages.ScopeCommit.newBuilder()
                        .setScope(Texts.wellFormed(scope))
                        .setCommit(commit)));
        for (LostCell cell : applied.lost()) {
            Messages.LostCell.Builder lost = Messages.LostCell.newBuilder().setTable(cell.table());
            cell.key().values().forEach(value -> lost.addKey(encode(value)));
            if (cell.column() != null) {
                lost.setColumn(cell.column());
            }
            message.addLost(lost);
        }
        return message.addAllRekeyed(encode(applied.rekeyed())).build();
    }

    private static List<Messages.Rekeyed> encode(List<Rekeyed> rekeyed) {
        List<Messages.Rekeyed> messages = new ArrayList<>(rekeyed.size());
        for (Rekeyed row : rekeyed) {
            Messages.Rekeyed.Builder keys = Messages.Rekeyed.newBuilder().setTable(row.table());
            row.from().values().forEach(value -> keys.addFrom(encode(value)));
            row.to().values().forEach(value -> keys.addTo(encode(value)));
            messages.add(keys.build());
        }
        return messages;
    }

    private static Applied decode(Messages.Applied message) {
        Map<String, Long> commits = new HashMap<>();
        for (Messages.ScopeCommit commit : message.getCommitsList()) {
            if (commit.getCommit() < 0) {
                throw WireException.malformed("an outcome names the commit number " + commit.getCommit());
            }
            if (commits.put(commit.getScope(), commit.getCommit()) != null) {
                throw WireException.malformed("an outcome names scope '" + commit.getScope() + "' twice");
            }
        }
        List<LostCell> lost = new ArrayList<>(message.getLostCount());
        for (Messages.LostCell cell : message.getLostList()) {
            lost.add(new LostCell(cell.getTable(), key(cell.getKeyList()), cell.hasColumn() ? cell.getColumn() : null));
        }
        return new Applied(commits, lost, decode(message.getRekeyedList()));
    }

    private static List<Rekeyed> decode(List<Messages.Rekeyed> messages) {
        List<Rekeyed> rekeyed = new ArrayList<>(messages.size());
        for (Messages.Rekeyed keys : messages) {
            rekeyed.add(new Rekeyed(keys.getTable(), key(keys.getFromList()), key(keys.getToList())));
        }
        return rekeyed;
    }

    private static Key key(List<Messages.KeyValue> message) {
        List<Value> values = new ArrayList<>(message.size());
        message.forEach(value -> values.add(decode(value)));
        return new Key(values);
    }

    private static Messages.KeyValue encode(Value value) {
        Messages.KeyValue.Builder message = Messages.KeyValue.newBuilder();
        return switch (value.kind()) {
            case INTEGER -> message.setInteger(value.asLong()).build();
            case REAL -> message.setReal(((RealValue) value).value()).build();
            case TEXT -> message.setText(Texts.wellFormed(value.asText())).build();
            case BLOB ->
                message.setBlob(ByteString.copyFrom(((BlobValue) value).value()))
                        .build();
            case NULL -> throw new IllegalArgumentException("NULL in a key");
        };
    }

    private static Value decode(Messages.KeyValue message) {
        return switch (message.getValueCase()) {
            case INTEGER -> Value.of(message.getInteger());
            case REAL -> Value.of(message.getReal());
            case TEXT -> Value.of(message.getText());
            case BLOB -> Value.of(message.getBlob().toByteArray());
            case VALUE_NOT_SET -> throw WireException.malformed("a value of a key is absent or of an unknown kind");
        };
    }

    private static Messages.Rejected encode(Rejected rejected) {
        Messages.Rejected.Builder message = Messages.Rejected.newBuilder()
                .setCode(rejected.code().number())
                .setMessage(Texts.wellFormed(rejected.message()));
        if (rejected.table() != null) {
            message.setTable(Texts.wellFormed(rejected.table()));
        }
        if (rejected.key() != null) {
            message.setKey(Texts.wellFormed(rejected.key()));
        }
        return message.build();
    }

    private static Rejected decode(Messages.Rejected message) {
        return new Rejected(
                RejectionCode.ofNumber(message.getCode()),
                message.getMessage(),
                message.hasTable() ? message.getTable() : null,
                message.hasKey() ? message.getKey() : null);
    }
}
