package dev.godwit.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a timer of the operating system shall do: run a command every so often. One registration, whatever waits in the queue.
 *
 * @param name of the registration, of letters, digits and hyphens; another for each database
 * @param command the program, by its whole path, and its arguments
 * @param onPower only while the machine is on external power
 */
record WakeUp(String name, List<String> command, Every every, boolean onPower) {
    private static final int NAME_CHARS = 30;

    WakeUp {
        command = List.copyOf(command);
    }

    /** A file of a registration. */
    record UnitFile(String name, String text, Charset charset) {
        UnitFile(String name, String text) {
            this(name, text, StandardCharsets.UTF_8);
        }
    }

    /** The name for a database: what it is called, and what tells it from another of that name. */
    static String name(Path database) {
        String file = String.valueOf(database.getFileName())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        String begin = file.substring(0, Math.min(NAME_CHARS, file.length()));
        return "godwit-work-" + begin + (begin.isEmpty() ? "" : "-")
                + String.format(Locale.ROOT, "%08x", database.toString().hashCode());
    }

    /**
     * Refuses what a format cannot hold.
     *
     * @param last the last word that is looked at
     * @throws IllegalArgumentException that names the word and the character
     */
    void refuse(int last, String characters, String format) {
        for (String word : command.subList(0, last + 1)) {
            word.codePoints()
                    .filter(c -> Character.toString(c).matches(characters))
                    .findFirst()
                    .ifPresent(c -> {
                        throw new IllegalArgumentException(String.format(
                                "'%s' has the character U+%04X, which %s cannot hold: give it another name, or a link",
                                word, c, format));
                    });
        }
    }

    /** Text within XML. */
    static String xml(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }
}
