package dev.godwit.scheduler;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small files of the kernel. What is missing or cannot be read is null, as it is where a driver has nothing to say. */
final class SysFiles {
    private static final int MAX_BYTES = 256;
    private static final int MAX_ENTRIES = 256;

    private SysFiles() {}

    /** The first line of a file without blanks around it, or null. */
    static @Nullable String line(File folder, String name) {
        try (InputStream in = new FileInputStream(new File(folder, name))) {
            byte[] bytes = new byte[MAX_BYTES];
            int length = 0;
            int more;
            while (length < MAX_BYTES && (more = in.read(bytes, length, MAX_BYTES - length)) > 0) {
                length += more;
            }
            String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            int end = text.indexOf('\n');
            return (end < 0 ? text : text.substring(0, end)).trim();
        } catch (IOException e) {
            return null;
        }
    }

    /** A number in a file, or -1. */
    static long number(File folder, String name) {
        String line = line(folder, name);
        return line != null && line.matches("[0-9]{1,18}") ? Long.parseLong(line) : -1;
    }

    /** What is in a folder, in order of names, or null if it cannot be read. */
    static @Nullable List<File> entries(File folder) {
        File[] entries = folder.listFiles();
        if (entries == null) {
            return null;
        }
        Arrays.sort(entries);
        return Arrays.asList(entries).subList(0, Math.min(entries.length, MAX_ENTRIES));
    }
}
