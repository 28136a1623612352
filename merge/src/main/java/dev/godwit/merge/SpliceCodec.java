package dev.godwit.merge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a list of splices, one form for each list: the number of splices, then for each its place, as the signed
 * distance from where the one before ended, how much it deletes, and what it inserts, as the length of its UTF-8 and that.
 * Numbers have seven bits a byte, low ones first, the shortest way.
 */
public final class SpliceCodec {
    private static final int LEAST_BYTES = 3;

    private SpliceCodec() {}

    /** The bytes of the splices. */
    public static byte[] encode(List<Splice> splices) {
        PackedWriter writer = new PackedWriter();
        writer.number(splices.size());
        long place = 0;
        for (Splice splice : splices) {
            writer.signed(splice.at() - place);
            writer.number(splice.deleted());
            writer.block(splice.inserted().getBytes(StandardCharsets.UTF_8));
            place = end(splice);
        }
        return writer.toBytes();
    }

    /**
     * The splices of the bytes.
     *
     * @param maxBytes how long the bytes may be
     * @throws IllegalArgumentException if they are longer, or not what {@link #encode} makes
     */
    public static List<Splice> decode(byte[] bytes, int maxBytes) {
        if (bytes.length > maxBytes) {
            throw new IllegalArgumentException("splices of " + bytes.length + " bytes, at most " + maxBytes);
        }
        PackedReader reader = new PackedReader(bytes);
        int count = reader.number(bytes.length / LEAST_BYTES);
        List<Splice> splices = new ArrayList<>(count);
        long place = 0;
        for (int i = 0; i < count; i++) {
            Splice splice = new Splice(at(reader, place), reader.number(Integer.MAX_VALUE), reader.text());
            splices.add(splice);
            place = end(splice);
        }
        reader.end();
        return List.copyOf(splices);
    }

    /** Where a splice starts that lies so far from a place. */
    static int at(PackedReader reader, long place) {
        long distance = reader.signed();
        if (distance < -place || distance > Integer.MAX_VALUE - place) {
            throw reader.bad("a splice " + distance + " from " + place);
        }
        return (int) (place + distance);
    }

    private static long end(Splice splice) {
        return Math.min(
                Integer.MAX_VALUE, (long) splice.at() + splice.inserted().length());
    }
}
