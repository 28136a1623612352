package dev.godwit.client;

import dev.godwit.sql.SqliteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The file of a database that is open: whether its path still leads to it, and what its errors mean for people. */
final class OpenedFile {
    private final String name;
    private final Path path;
    private final @Nullable Object key;

    /** The file that is there now. Where the system has no identity of files, nothing is noticed. */
    OpenedFile(String name) {
        this.name = name;
        this.path = Paths.get(name);
        this.key = key(path);
    }

    /**
     * Refuses to write to a file that nobody will find again: an open file that was deleted or moved away takes writes as
     * before, and loses them when it is closed.
     *
     * @throws GodwitException of kind DATABASE
     */
    void check() {
        if (key != null && !key.equals(key(path))) {
            throw new GodwitException(
                    GodwitException.Kind.DATABASE,
                    name
                            + " was deleted or replaced while it was open, and nothing more is written to it: sync once more,"
                            + " which sends what is pending in the old file, then close this database and open it anew");
        }
    }

    private static @Nullable Object key(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException gone) {
            return null;
        }
    }

    /**
     * Runs what uses the file.
     *
     * @throws GodwitException of kind DATABASE if the file is damaged, gone or may not be written, with its name and the mend
     * @throws SqliteException for every other error of SQLite, as it is
     */
    <T> T using(Supplier<T> action) {
        try {
            return action.get();
        } catch (SqliteException e) {
            throw switch (e.code()) {
                case CORRUPT, NOTADB, CANTOPEN, READONLY -> OpenFailure.of(name, e);
                default -> e;
            };
        }
    }
}
