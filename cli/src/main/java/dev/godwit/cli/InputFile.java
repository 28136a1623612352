package dev.godwit.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files that are named by an argument; what fails is told with the file's name. */
final class InputFile {
    private InputFile() {}

    static String text(Path file) throws IOException {
        checkNoFolder(file);
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException other) {
            throw new IOException(file + " is no text in UTF-8: save it in that encoding", other);
        }
    }

    static byte[] bytes(Path file) throws IOException {
        checkNoFolder(file);
        return Files.readAllBytes(file);
    }

    private static void checkNoFolder(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a folder: give a file");
        }
    }
}
