package dev.godwit.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.util.LibraryLoaderUtil;

/** The pieces in C of this module, compiled into {@code target}, and SQLite's own library unpacked beside them. */
final class NativeCode {
    private static final Path TARGET = Path.of("target", "native").toAbsolutePath();

    private NativeCode() {}

    /** The disk that records, fails and kills, to be preloaded. */
    static synchronized Path faultDisk() throws IOException, InterruptedException {
        return compiled("faultdisk.c", "faultdisk.so", "-shared", "-fPIC", "-pthread");
    }

    /** The program that cuts the power of a file system. */
    static synchronized Path powerCut() throws IOException, InterruptedException {
        return compiled("powercut.c", "powercut");
    }

    /** A folder with SQLite's library: a killed process leaves no copy of its own behind, as it would with the driver's. */
    static synchronized Path sqlite() throws IOException {
        String name = LibraryLoaderUtil.getNativeLibName();
        Path library = TARGET.resolve(name);
        if (!Files.exists(library)) {
            Files.createDirectories(TARGET);
            String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
            try (InputStream in = LibraryLoaderUtil.class.getResourceAsStream(resource)) {
                Path partly = Files.createTempFile(TARGET, name, ".new");
                Files.copy(in, partly, StandardCopyOption.REPLACE_EXISTING);
                Files.move(partly, library, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return TARGET;
    }

    private static Path compiled(String source, String product, String... options)
            throws IOException, InterruptedException {
        Path from = Path.of("src", "test", "c", source);
        Path to = TARGET.resolve(product);
        if (Files.exists(to) && Files.getLastModifiedTime(to).compareTo(Files.getLastModifiedTime(from)) > 0) {
            return to;
        }
        Files.createDirectories(TARGET);
        List<String> command =
                new ArrayList<>(List.of("gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-o", to.toString()));
        command.addAll(List.of(options));
        command.add(from.toString());
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException none) {
            throw new IOException(
                    "no C compiler, and this proof needs one to put a disk below SQLite: install gcc and libc6-dev, as .ci/run"
                            + " does",
                    none);
        }
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException("gcc does not compile " + from + ": " + said);
        }
        return to;
    }
}
