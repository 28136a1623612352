package dev.godwit.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.scheduler.Fact;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own whose class path lacks the libraries: what they would know is unknown, and it goes on. */
class WithoutLibrariesTest {
    @TempDir
    Path folder;

    /** That process. */
    public static final class Child {
        private Child() {}

        /** Prints what is known of the network, of power, and of idleness. */
        public static void main(String[] args) {
            File here = new File(args[0]);
            SystemWorkClock clock = new SystemWorkClock();
            try (DesktopConditions bus = new DesktopConditions(here, here, clock::elapsedMillis, "unix:path=/none");
                    DesktopConditions polled = new DesktopConditions(
                            here,
                            here,
                            clock::elapsedMillis,
                            changed -> new PolledMachine("OSHI", OshiReadings::read, clock::elapsedMillis, changed),
                            false)) {
                System.out.println("bus " + bus.now().of(Fact.IDLE).truth() + " polled "
                        + polled.now().of(Fact.CHARGING).truth() + " disk "
                        + (bus.now().freeBytes() > 0 && polled.now().freeBytes() > 0));
            }
        }
    }

    private String[] run(String without) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String reduced = Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !new File(entry).getName().matches(without))
                .collect(Collectors.joining(File.pathSeparator));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                        "-cp",
                        reduced,
                        Child.class.getName(),
                        folder.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        boolean ended = child.waitFor(2, TimeUnit.MINUTES);
        child.destroyForcibly();
        assertThat(ended).isTrue();
        return new String[] {Files.readString(out).strip(), Files.readString(err)};
    }

    @Test
    void withoutThemTheirFactsAreUnknownAndOneLineEachSaysSo() throws Exception {
        String[] printed = run("(dbus-java|oshi|jna).*\\.jar");
        assertThat(printed[0]).as(printed[1]).isEqualTo("bus UNKNOWN polled UNKNOWN disk true");
        assertThat(printed[1]
                        .lines()
                        .filter(line -> line.contains("DesktopConditions"))
                        .toList())
                .as(printed[1])
                .hasSize(2)
                .anyMatch(line -> line.contains("OSHI does not load"))
                .anyMatch(line -> line.contains("unknown") && line.contains("dbus"));
        assertThat(printed[1]).doesNotContain("\tat ");
    }

    @Test
    void onLinuxThePartThatNeedsNothingNativeIsEnough() throws Exception {
        assertThat(run("(oshi-core|jna).*\\.jar")[0]).matches("bus UNKNOWN polled (TRUE|FALSE) disk true");
    }
}
