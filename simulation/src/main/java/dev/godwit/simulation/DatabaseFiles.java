package dev.godwit.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Copies of a database as somebody makes them who copies files: the database and its log, while nobody writes. */
final class DatabaseFiles {
    private static final List<String> PARTS = List.of("", "-wal");

    private DatabaseFiles() {}

    /** Replaces what is there. */
    static void copy(Path from, Path to) {
        try {
            Files.deleteIfExists(sibling(to, "-shm"));
            for (String part : PARTS) {
                Path source = sibling(from, part);
                if (Files.exists(source)) {
                    Files.copy(source, sibling(to, part), StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.deleteIfExists(sibling(to, part));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path sibling(Path file, String part) {
        return file.resolveSibling(file.getFileName() + part);
    }
}
