package dev.godwit.merge;

import dev.godwit.model.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * What has become of a {@code merged_text} since a device's checkpoint, as it travels down: the length of the text there in
 * UTF-16 units, the CRC-32 (as in gzip) of the UTF-8 of the text now, 4 bytes each, big-endian, and the splices as
 * {@link SpliceCodec} writes them, each in the text that the one before left.
 *
 * @param length the length of the text that the splices are made on
 * @param check the checksum of the text after them: a device that holds another text than the server believes notices
 * @param splices the edits of everybody since, one after the other
 */
public record PulledEdit(int length, int check, List<Splice> splices) {
    private static final int HEADER = 2 * Integer.BYTES;

    /** Copies the list. */
    public PulledEdit {
        splices = List.copyOf(splices);
    }

    /** The edits that make a text of this length the text {@code after}; what was typed in one go becomes one splice. */
    public static PulledEdit of(int length, List<Splice> splices, String after) {
        List<Splice> joined = new ArrayList<>(splices.size());
        for (Splice splice : splices) {
            Splice last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null
                    && splice.deleted() == 0
                    && splice.at() == last.at() + last.inserted().length()) {
                joined.set(
                        joined.size() - 1, new Splice(last.at(), last.deleted(), last.inserted() + splice.inserted()));
            } else {
                joined.add(splice);
            }
        }
        return new PulledEdit(length, check(after), joined);
    }

    private static int check(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    /**
     * The text now.
     *
     * @throws IllegalArgumentException if the edits were made on another text than this one
     */
    public String applyTo(String before) {
        if (before.length() != length) {
            throw new IllegalArgumentException(
                    "edits of a text of " + length + " characters, and this one has " + before.length());
        }
        String after = Splice.apply(before, splices);
        if (check(after) != check) {
            throw new IllegalArgumentException(
                    "edits of another text of " + length + " characters: the result differs");
        }
        return after;
    }

    /** As a value on the wire. */
    public Value encode() {
        byte[] edits = SpliceCodec.encode(splices);
        return Value.of(ByteBuffer.allocate(HEADER + edits.length)
                .putInt(length)
                .putInt(check)
                .put(edits)
                .array());
    }

    /**
     * Reads what {@link #encode} made.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static PulledEdit decode(Value value) {
        byte[] bytes = value instanceof Value.BlobValue blob ? blob.value() : new byte[0];
        if (bytes.length < HEADER) {
            throw new IllegalArgumentException("edits of a text cannot be read: " + value);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int length = in.getInt();
        int check = in.getInt();
        byte[] edits = new byte[in.remaining()];
        in.get(edits);
        return new PulledEdit(length, check, SpliceCodec.decode(edits, edits.length));
    }
}
