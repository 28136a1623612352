package dev.godwit.proof;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a recording disk wrote down, in order. A record: its kind (1 byte), the number of the file (4), a place (8), the length of
 * what follows (4), that; little-endian.
 */
final class FaultLog {
    private FaultLog() {}

    /** Kinds of records, by their letter. */
    enum Kind {
        /** A file was opened for the first time under this name, which is the data; the place is 1 if that created it. */
        OPENED('O'),
        /** Bytes were written at a place. */
        WRITTEN('W'),
        /** The file has this size now, which is the place. */
        TRUNCATED('T'),
        /** What was written to the file before is on the disk. */
        SYNCED('S'),
        /** That was asked for and failed. */
        SYNC_FAILED('F'),
        /** The file has no name any more. */
        UNLINKED('U'),
        /** The names of the folder are on the disk. */
        FOLDER_SYNCED('D'),
        /** The application was told something, which is the data. */
        ACKNOWLEDGED('A');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        private static Kind of(char letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no kind of record: " + letter);
        }
    }

    /** One of them. */
    record Operation(Kind kind, int file, long place, byte[] data) {
        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }
    }

    /** @param run a number per process, since each counts files from 1 */
    static List<Operation> read(Path file, int run) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Operation> operations = new ArrayList<>();
        while (bytes.hasRemaining()) {
            Kind kind = Kind.of((char) bytes.get());
            int number = run << 16 | bytes.getInt();
            long place = bytes.getLong();
            byte[] data = new byte[bytes.getInt()];
            bytes.get(data);
            operations.add(new Operation(kind, number, place, data));
        }
        return operations;
    }

    /** How many operations of a log the disk counts. */
    static int changes(Path file) throws IOException {
        return (int) read(file, 0).stream()
                .filter(o -> o.kind() != Kind.ACKNOWLEDGED && o.kind() != Kind.FOLDER_SYNCED)
                .filter(o -> o.kind() != Kind.OPENED || o.place() == 1)
                .count();
    }
}
