package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk fails or is full at the first operation of a flow, at its second, and so on: once, and for ever until there is space
 * again. {@code -Dsteps=1000000} tries each step also where a flow has many; {@code -Dseed=…} replays the choice.
 */
class DiskErrorsTest {
    @TempDir
    Path folder;

    @Test
    void everyFlowEndsWithATypedErrorAndGoesOnWhenThereIsSpaceAgain() throws Exception {
        long seed = Seeds.given(20261124);
        int steps = Integer.getInteger("steps", 8);
        Path watched = Files.createDirectories(folder.resolve("watched")).toRealPath();
        Process process = FaultDisk.start(
                new FaultDisk(watched).armed("off"),
                DiskErrors.class.getName(),
                List.of(watched.toString(), Long.toString(seed), Integer.toString(steps)));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.print(said);
        System.out.println("DiskErrorsTest: at most about " + steps + " steps of a flow, seed " + seed);
        assertThat(process.waitFor())
                .as("how the process ended; its error is above")
                .isZero();
        assertThat(said).contains("lost 0");
    }
}
