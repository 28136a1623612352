package dev.godwit.wire;

import dev.godwit.model.Limits;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/** What every target of this module asks of a decoder: nothing but a {@link WireException}, and little memory. */
final class Fuzzing {
    /** Small, so that a count that gets through would show. */
    static final Limits LIMITS =
            Limits.DEFAULT.with("transactionBytes", 1 << 20).with("valueBytes", 1 << 16);

    /** For what was read within {@link #LIMITS} and is written anew, which may be some bytes longer. */
    static final Limits LOOSE = Limits.DEFAULT;

    /** What reading a few hundred bytes may cost. */
    private static final long MEMORY = 24L << 20;

    private static long lastCost;

    private Fuzzing() {}

    /** What may throw what decoders throw. */
    @FunctionalInterface
    interface Reading {
        void read() throws IOException;
    }

    /** Whether it was read; anything but a {@link WireException} goes on as the failure that it is. */
    static boolean within(byte[] data, Reading reading) {
        byte[] before = data.clone();
        boolean read = reads(reading);
        // the first time classes may be loaded too
        if (lastCost > MEMORY && reads(reading) == read && lastCost > MEMORY) {
            throw new AssertionError(data.length + " bytes cost " + lastCost + " bytes of memory");
        }
        if (!Arrays.equals(before, data)) {
            throw new AssertionError("the bytes were changed by whoever read them");
        }
        return read;
    }

    private static boolean reads(Reading reading) {
        long allocated = Allocated.bytes();
        try {
            reading.read();
            return true;
        } catch (WireException refused) {
            return false;
        } catch (IOException impossibleInMemory) {
            throw new AssertionError("reading an array failed", impossibleInMemory);
        } finally {
            lastCost = Allocated.bytes() - allocated;
        }
    }

    static void same(Object first, Object second, byte[] data) {
        if (!Objects.equals(first, second)) {
            throw new AssertionError(
                    "written and read again it differs: " + first + "; " + second + "; " + Bytes.of(data));
        }
    }
}
