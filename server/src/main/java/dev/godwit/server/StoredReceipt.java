package dev.godwit.server;

import dev.godwit.model.Outcome;
import dev.godwit.model.TransactionId;
import org.jspecify.annotations.Nullable;

/** A receipt as it is kept; the outcome is null once the device has confirmed it, unless it names new keys. */
record StoredReceipt(
        long device,
        long sequence,
        TransactionId id,
        @Nullable Outcome outcome) {}
