package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.Pace;
import dev.godwit.model.RowBlock;
import dev.godwit.model.Value;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Decisions;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Opening;
import dev.godwit.wire.Page;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import dev.godwit.wire.WireException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What messages say, in the words of the kit; see {@code conformance/README.md}. */
final class MessageToJson {
    private MessageToJson() {}

    static JsonObject request(SyncRequest request) {
        JsonObject json = new JsonObject();
        json.add("request_id", Values.number(request.requestId()));
        json.addProperty("device", request.device().toString());
        json.add("confirmed", Values.number(request.confirmed()));
        json.add("clock", clock(request.clock()));
        json.addProperty("application", request.application());
        json.add("scopes", array(request.scopes(), MessageToJson::position));
        json.add("fresh", array(request.fresh(), fresh -> {
            JsonObject one = new JsonObject();
            one.addProperty("table", fresh.table());
            one.add("columns", array(fresh.columns(), JsonPrimitive::new));
            return one;
        }));
        json.add("transactions", array(request.transactions(), MessageToJson::transaction));
        return json;
    }

    private static JsonObject clock(DeviceClock clock) {
        JsonObject json = new JsonObject();
        json.add("wall", Values.number(clock.wallMillis()));
        json.add("elapsed", Values.number(clock.elapsedMillis()));
        json.addProperty("boot", clock.bootId());
        return json;
    }

    private static JsonObject position(ScopePosition position) {
        JsonObject json = new JsonObject();
        json.addProperty("scope", position.scope());
        json.add("visible", checkpoint(position.visible()));
        json.add("cursor", cursor(position.cursor()));
        return json;
    }

    private static JsonElement checkpoint(Checkpoint checkpoint) {
        if (checkpoint.isNone()) {
            return JsonNull.INSTANCE;
        }
        JsonObject json = new JsonObject();
        json.addProperty("timeline", checkpoint.timeline().toString());
        json.add("commit", Values.number(checkpoint.commit()));
        return json;
    }

    private static JsonObject cursor(Cursor cursor) {
        JsonObject json = new JsonObject();
        json.add("at", checkpoint(cursor.at()));
        json.addProperty("position", HexFormat.of().formatHex(cursor.position().value()));
        return json;
    }

    private static JsonObject transaction(PushedTransaction transaction) {
        JsonObject json = new JsonObject();
        json.addProperty("id", transaction.id().toString());
        json.add("sequence", Values.number(transaction.sequence()));
        json.add("bases", checkpoints(transaction.bases()));
        json.add("written", clock(transaction.writtenAt()));
        json.add("depends_on", array(transaction.dependsOn(), Values::number));
        json.addProperty("void", transaction.isVoid());
        JsonElement changes;
        try {
            changes = blocks(Changes.decode(transaction.changes(), Limits.DEFAULT));
        } catch (WireException unreadable) {
            // spoils this transaction only
            changes = new JsonPrimitive(HexFormat.of().formatHex(transaction.changes()));
        }
        json.add("changes", changes);
        return json;
    }

    private static JsonObject checkpoints(Map<String, Checkpoint> checkpoints) {
        JsonObject json = new JsonObject();
        checkpoints.forEach((scope, checkpoint) -> json.add(scope, checkpoint(checkpoint)));
        return json;
    }

    static JsonArray blocks(Collection<RowBlock> blocks) {
        return array(blocks, block -> {
            JsonObject json = new JsonObject();
            json.addProperty("table", block.table());
            json.addProperty("kind", block.kind().name());
            json.add("columns", array(block.columns(), column -> {
                JsonArray pair = new JsonArray();
                pair.add(column.name());
                pair.add(column.role().name());
                return pair;
            }));
            json.add("rows", array(block.rows(), row -> Values.array(Arrays.asList(row))));
            return json;
        });
    }

    static JsonObject frame(Frame frame) {
        JsonObject json = new JsonObject();
        if (frame instanceof Opening opening) {
            json.addProperty("frame", "opening");
            json.add("request_id", Values.number(opening.requestId()));
            json.addProperty("timeline", opening.timeline().toString());
            json.add("server_millis", Values.number(opening.serverMillis()));
            json.add("rows_to_come", Values.number(opening.rowsToCome()));
            if (!opening.pace().equals(Pace.NONE)) {
                json.add("pace", pace(opening.pace()));
            }
        } else if (frame instanceof Decisions decisions) {
            json.addProperty("frame", "decisions");
            json.add("receipts", array(decisions.receipts(), MessageToJson::receipt));
        } else if (frame instanceof ScopeNotice notice) {
            json.addProperty("frame", "notice");
            json.addProperty("scope", notice.scope());
            json.addProperty("kind", notice.kind().name());
            json.addProperty("message", notice.message());
        } else if (frame instanceof Page page) {
            json.addProperty("frame", "page");
            json.addProperty("scope", page.scope());
            json.add("blocks", blocks(page.blocks()));
            json.add("cursor", cursor(page.cursor()));
        } else if (frame instanceof Cut cut) {
            json.addProperty("frame", "cut");
            json.add("receipts", array(cut.receipts(), MessageToJson::receipt));
            json.add("checkpoints", checkpoints(cut.checkpoints()));
            json.add("last_sequence", Values.number(cut.lastSequence()));
            json.add("safe_sequence", Values.number(cut.safeSequence()));
        } else if (frame instanceof Refusal refusal) {
            json.addProperty("frame", "refusal");
            json.addProperty("code", refusal.code().name());
            json.addProperty("message", refusal.message());
            json.add("retry_after_millis", Values.number(refusal.retryAfterMillis()));
        }
        return json;
    }

    private static JsonObject pace(Pace pace) {
        JsonObject json = new JsonObject();
        json.add("interval_millis", Values.number(pace.intervalMillis()));
        json.add("transactions", Values.number(pace.transactions()));
        json.add("bytes", Values.number(pace.bytes()));
        return json;
    }

    private static JsonObject receipt(Receipt receipt) {
        JsonObject json = new JsonObject();
        json.addProperty("id", receipt.id().toString());
        json.add("sequence", Values.number(receipt.sequence()));
        json.add("outcome", outcome(receipt.outcome()));
        return json;
    }

    static JsonObject outcome(Outcome outcome) {
        JsonObject json = new JsonObject();
        if (outcome instanceof Outcome.Applied applied) {
            json.addProperty("outcome", "applied");
            JsonObject commits = new JsonObject();
            applied.commits().forEach((scope, commit) -> commits.add(scope, Values.number(commit)));
            json.add("commits", commits);
            json.add("lost", array(applied.lost(), cell -> {
                JsonObject one = new JsonObject();
                one.addProperty("table", cell.table());
                one.add("key", Values.array(cell.key().values()));
                one.add("column", text(cell.column()));
                return one;
            }));
            json.add("rekeyed", rekeyed(outcome));
        } else if (outcome instanceof Outcome.Rejected rejected) {
            json.addProperty("outcome", "rejected");
            json.addProperty("code", rejected.code().name());
            json.addProperty("message", rejected.message());
            json.add("table", text(rejected.table()));
            json.add("key", text(rejected.key()));
        } else if (outcome instanceof Outcome.Later later) {
            json.addProperty("outcome", "later");
            json.add("after_millis", Values.number(later.afterMillis()));
            json.addProperty("reason", later.reason());
        } else {
            json.addProperty("outcome", outcome instanceof Outcome.Voided ? "voided" : "duplicate");
            if (outcome instanceof Outcome.Duplicate) {
                json.add("rekeyed", rekeyed(outcome));
            }
        }
        return json;
    }

    private static JsonArray rekeyed(Outcome outcome) {
        return array(outcome.rekeyed(), row -> {
            JsonObject one = new JsonObject();
            one.addProperty("table", row.table());
            one.add("from", Values.array(row.from().values()));
            one.add("to", Values.array(row.to().values()));
            return one;
        });
    }

    private static JsonElement text(@Nullable String text) {
        return text == null ? JsonNull.INSTANCE : Values.json(Value.of(text));
    }

    private static <T> JsonArray array(Collection<T> all, Function<? super T, ? extends JsonElement> one) {
        JsonArray array = new JsonArray();
        all.forEach(element -> array.add(one.apply(element)));
        return array;
    }
}
