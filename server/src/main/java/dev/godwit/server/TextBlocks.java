package dev.godwit.server;

import dev.godwit.merge.Splice;
import dev.godwit.merge.SpliceCodec;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.TextLog;
import dev.godwit.merge.VersionVector;
import dev.godwit.rows.StoredNumbers;
import dev.godwit.server.StoreMemory.LoggedEdit;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Many edits of a text as one block: what is typed costs little more than its letters.
 *
 * <p>Format: the number of edits, the length of the inflated and of the deflated numbers, as varints; the deflated numbers:
 * per edit the distance of its commit number from the one before, that of its base from the base before (zigzag), its writer,
 * and by how much the text's length before it differs from what the edits before come to (zigzag); then the edits as
 * {@link TextLog} has them.
 */
final class TextBlocks {
    /** Of each edit, and so bytes at least. */
    private static final int NUMBERS = 4;
    /** To how much a byte can inflate at most. */
    private static final int INFLATION = 1_032;

    private TextBlocks() {}

    static byte[] encode(List<LoggedEdit> edits) {
        ByteArrayOutputStream numbers = new ByteArrayOutputStream();
        List<TextEvent> events = new ArrayList<>(edits.size());
        VersionVector seen = VersionVector.none();
        long commit = 0;
        long base = 0;
        long length = 0;
        for (LoggedEdit edit : edits) {
            List<Splice> splices = SpliceCodec.decode(edit.splices(), edit.splices().length);
            StoredNumbers.writeVarint(numbers, edit.commit() - commit);
            StoredNumbers.writeVarint(numbers, zigzag(edit.base() - base));
            StoredNumbers.writeVarint(numbers, edit.writer());
            long off = edit.length() - length;
            StoredNumbers.writeVarint(numbers, zigzag(off));
            commit = edit.commit();
            base = edit.base();
            length = edit.length();
            for (Splice splice : splices) {
                length += splice.growth();
            }
            // what each has really seen follows from its base: here it only says that they come one after the other
            long sequence = seen.count(edit.writer()) + 1;
            events.add(new TextEvent(edit.writer(), sequence, seen, splices));
            seen = seen.with(edit.writer(), sequence);
        }
        byte[] plain = numbers.toByteArray();
        byte[] packed = deflated(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StoredNumbers.writeVarint(out, edits.size());
        StoredNumbers.writeVarint(out, plain.length);
        StoredNumbers.writeVarint(out, packed.length);
        out.writeBytes(packed);
        out.writeBytes(TextLog.encode(events));
        return out.toByteArray();
    }

    /**
     * The edits that {@link #encode} made a block of.
     *
     * @throws IllegalStateException if the block is something else
     */
    static List<LoggedEdit> decode(byte[] block) {
        return decode(block, Integer.MAX_VALUE);
    }

    /** The same, with a bound on splices and on bytes that are inflated. */
    static List<LoggedEdit> decode(byte[] block, int most) {
        try {
            return read(block, most);
        } catch (IllegalArgumentException broken) {
            throw new IllegalStateException("broken store: a block of edits cannot be read", broken);
        }
    }

    private static List<LoggedEdit> read(byte[] block, int most) {
        ByteBuffer in = ByteBuffer.wrap(block);
        long edited = StoredNumbers.readVarint(in);
        long length = StoredNumbers.readVarint(in);
        byte[] packed = StoredNumbers.readBytes(in);
        if (edited < 0
                || length < 0
                || edited > length / NUMBERS
                || length > Math.min(most, INFLATION * (packed.length + 1L))) {
            throw new IllegalArgumentException(
                    "a block of " + edited + " edits, " + length + " bytes in " + packed.length);
        }
        int count = (int) edited;
        byte[] plain = new byte[(int) length];
        inflate(packed, plain);
        byte[] log = new byte[in.remaining()];
        in.get(log);
        TextLog.Bounds own = new TextLog.Bounds(count, most, count, most);
        List<TextEvent> events = TextLog.decode(log, own);
        ByteBuffer numbers = ByteBuffer.wrap(plain);
        List<LoggedEdit> edits = new ArrayList<>(events.size());
        long commit = 0;
        long base = 0;
        length = 0;
        for (TextEvent event : events) {
            commit += StoredNumbers.readVarint(numbers);
            base += signed(StoredNumbers.readVarint(numbers));
            long writer = StoredNumbers.readVarint(numbers);
            length += signed(StoredNumbers.readVarint(numbers));
            edits.add(new LoggedEdit(commit, writer, base, (int) length, SpliceCodec.encode(event.splices())));
            for (Splice splice : event.splices()) {
                length += splice.growth();
            }
        }
        return edits;
    }

    private static long zigzag(long number) {
        return (number << 1) ^ (number >> 63);
    }

    private static long signed(long zigzag) {
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(plain);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[8_192];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void inflate(byte[] packed, byte[] plain) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            int at = 0;
            while (at < plain.length) {
                int more = inflater.inflate(plain, at, plain.length - at);
                if (more == 0) {
                    throw new IllegalArgumentException("numbers that end early");
                }
                at += more;
            }
        } catch (DataFormatException broken) {
            throw new IllegalArgumentException("numbers that were not deflated", broken);
        } finally {
            inflater.end();
        }
    }
}
