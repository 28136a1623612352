package dev.godwit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;

/** What a run of the bench printed: its figures as JSON, and what it said beside them. */
record BenchRun(String figures, String said) {

    /** One round of these parts, of which nothing came out wrong. */
    static BenchRun of(String parts, String... sizes) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] line = Stream.concat(Stream.of("bench", "--only=" + parts, "--rounds=1", "--json"), Stream.of(sizes))
                .toArray(String[]::new);
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), line);
        assertThat(code).as("%s%n%s", out, err).isEqualTo(ExitCode.DONE);
        assertThat(err.toString()).doesNotContain("WRONG");
        return new BenchRun(out.toString(), err.toString());
    }
}
