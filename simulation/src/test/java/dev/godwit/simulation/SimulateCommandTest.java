package dev.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SimulateCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new SimulateCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void aCampaignSaysWhatItReached() {
        assertThat(run("--seeds", "2", "--steps", "60", "--threads", "1")).isZero();
        assertThat(out.toString()).contains("transactions", "2 seeds, ", " transactions checked, 0 violations");
    }

    @Test
    void programsGetOneObjectALine() {
        assertThat(run("--seeds", "1", "--first", "7", "--steps", "40", "--faults", "none", "--json"))
                .isZero();
        assertThat(out.toString().lines()).hasSize(1);
        assertThat(out.toString()).startsWith("{\"seeds\":1,\"violations\":0,").contains("\"reached\":{");
        assertThat(out.toString()).doesNotContain("killed");
    }

    @Test
    void aStoryTellsEveryStep() {
        assertThat(run("--seeds", "1", "--steps", "30", "--even", "--story")).isZero();
        assertThat(out.toString()).contains("seed 1, trace ", "#1 d", "the faults stop", "all is well");
    }

    @Test
    void whatCannotBeIsNamedWithTheMend() {
        assertThat(run("--faults", "network,gremlins")).isEqualTo(2);
        assertThat(err.toString()).contains("--faults = gremlins", "network, crash, disk, clock, restore, grant");
        assertThat(run("--devices", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--devices = 0: it is from 1 to 20");
    }

    @Test
    void aRunThatReachedNothingFails() {
        assertThat(run("--seeds", "40", "--even", "--steps", "1", "--days", "1", "--devices", "1", "--faults", "none"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("never reached: ", " 0 violations");
    }
}
