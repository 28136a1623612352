package dev.godwit.merge;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.Value;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction does to a {@code merged_text}, as it travels: a byte of flags (1: a base of its own follows, 2: a text that
 * ends up empty is NULL), the base's timeline (16 bytes) and commit number (8 bytes, both big-endian) if there is one, and the
 * length of the text that they were made on (4 bytes) and the splices as {@link SpliceCodec} writes them.
 *
 * @param base the checkpoint whose text the splices are made on, if it is not that of the transaction: a device writes its
 *     pending edits anew when the server's text has changed beneath them
 * @param length the length of the text that the splices are made on, in UTF-16 units: a guard
 * @param emptyIsNull whether a text that ends up empty is NULL: the writer has set it so
 * @param splices the edits
 */
public record TextEdit(@Nullable Checkpoint base, int length, boolean emptyIsNull, List<Splice> splices) {
    private static final int BASE = 1;
    private static final int EMPTY_IS_NULL = 2;
    private static final int BASE_BYTES = 24;

    /** Copies the list. */
    public TextEdit {
        splices = List.copyOf(splices);
    }

    /** The edit that makes one text of another; NULL is an empty one. */
    public static TextEdit between(Value before, Value after) {
        return new TextEdit(null, text(before).length(), after.isNull(), TextDiff.between(text(before), text(after)));
    }

    /** The text in a value; NULL is an empty one. */
    public static String text(Value value) {
        return value.isNull() ? "" : value.asText();
    }

    /**
     * The text after this edit.
     *
     * @throws IllegalArgumentException if it was not made on this text, as far as can be seen
     */
    public Value applyTo(Value before) {
        if (text(before).length() != length) {
            throw new IllegalArgumentException("edits of a text of " + length + " characters, and this one has "
                    + text(before).length());
        }
        return value(Splice.apply(text(before), splices));
    }

    /** A text as a value. */
    public Value value(String text) {
        return text.isEmpty() && emptyIsNull ? Value.NULL : Value.of(text);
    }

    /** As a value on the wire. */
    public Value encode() {
        byte[] edits = SpliceCodec.encode(splices);
        ByteBuffer out = ByteBuffer.allocate(1 + (base == null ? 0 : BASE_BYTES) + Integer.BYTES + edits.length);
        out.put((byte) ((base == null ? 0 : BASE) | (emptyIsNull ? EMPTY_IS_NULL : 0)));
        if (base != null) {
            out.putLong(base.timeline().getMostSignificantBits())
                    .putLong(base.timeline().getLeastSignificantBits())
                    .putLong(base.commit());
        }
        return Value.of(out.putInt(length).put(edits).array());
    }

    /**
     * Reads what {@link #encode} made.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static TextEdit decode(Value value) {
        byte[] bytes = value instanceof Value.BlobValue blob ? blob.value() : new byte[0];
        int flags = bytes.length == 0 ? 0 : bytes[0];
        boolean hasBase = (flags & BASE) != 0;
        int header = 1 + (hasBase ? BASE_BYTES : 0) + Integer.BYTES;
        if (bytes.length < header || (flags & ~(BASE | EMPTY_IS_NULL)) != 0) {
            throw new IllegalArgumentException("edits of a text cannot be read: " + value);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        Checkpoint base = hasBase ? new Checkpoint(new UUID(in.getLong(), in.getLong()), in.getLong()) : null;
        int length = in.getInt();
        byte[] edits = new byte[in.remaining()];
        in.get(edits);
        return new TextEdit(base, length, (flags & EMPTY_IS_NULL) != 0, SpliceCodec.decode(edits, edits.length));
    }
}
