package dev.godwit.wire;

import java.util.List;

/** What the server decided about transactions of the request. */
public record Decisions(List<Receipt> receipts) implements Frame {
    /** Copies the list. */
    public Decisions {
        receipts = List.copyOf(receipts);
    }
}
