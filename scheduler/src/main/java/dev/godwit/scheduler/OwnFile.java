package dev.godwit.scheduler;

import dev.godwit.sql.SqliteException;
import java.io.File;

/** A file that holds nothing but the scheduler's tables. */
final class OwnFile {
    private static final int MOST = 1_000;

    private OwnFile() {}

    /**
     * Renames a file that is lost, and what belongs to it, so that another can be made in its place.
     *
     * @param why thrown again if the file cannot be renamed
     * @return the new name, in words
     */
    static String setAside(String path, SqliteException why) {
        for (int number = 1; number <= MOST; number++) {
            File aside = new File(path + ".aside-" + number);
            if (aside.exists()) {
                continue;
            }
            if (!new File(path).renameTo(aside)) {
                throw why;
            }
            for (String rest : new String[] {"-wal", "-shm", "-journal"}) {
                File file = new File(path + rest);
                if (file.exists() && !file.renameTo(new File(aside.getPath() + rest))) {
                    throw why;
                }
            }
            return "; the file is set aside as " + aside.getName();
        }
        throw why;
    }
}
