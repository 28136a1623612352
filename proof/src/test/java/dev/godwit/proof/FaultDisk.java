package dev.godwit.proof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A folder on a disk that records, fails or kills: {@code faultdisk.c} says how. Half of this is for the process of the test,
 * which starts others; half for those, which give the disk its orders.
 */
final class FaultDisk {
    private final Path folder;

    /** @param folder where the files are that it looks at */
    FaultDisk(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder).toRealPath();
    }

    /** What the environment of a process needs to be on this disk: its operations go into a log. */
    Map<String, String> recording(Path log) throws Exception {
        return Map.of(
                "LD_PRELOAD", NativeCode.faultDisk().toString(),
                "FAULTDISK_FOLDER", folder.toString(),
                "FAULTDISK_LOG", log.toString());
    }

    /** The same, with an order that holds from the start. */
    Map<String, String> armed(String order) throws Exception {
        return Map.of(
                "LD_PRELOAD", NativeCode.faultDisk().toString(),
                "FAULTDISK_FOLDER", folder.toString(),
                "FAULTDISK_ARM", order);
    }

    /** Starts a class of this module's tests in a process of its own; its errors go to ours. */
    static Process start(Map<String, String> environment, String main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dorg.sqlite.lib.path=" + NativeCode.sqlite(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + System.getProperty("child.log", "off"),
                "-Dflow=" + System.getProperty("flow", ""),
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Gives an order, in a process that is on this disk. */
    void order(String line) {
        try {
            Files.writeString(folder.resolve("control"), line + "\n", StandardCharsets.UTF_8, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * How many operations were counted, and how many were struck.
     *
     * @param met 0 if the fault that was ordered has not been reached
     */
    record Count(long operations, long met) {}

    /** What the disk has counted since the last order that counts. */
    Count count() {
        Path file = folder.resolveSibling(folder.getFileName() + "-count");
        order("status " + file);
        try {
            String[] numbers = Files.readString(file).trim().split(" ");
            return new Count(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
