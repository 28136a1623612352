package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Seeds of the simulator that found something, mended since. {@code godwit simulate --even --steps 200 --burst 5 --first N
 * --seeds 1 --story} tells one of the first kind; for a swarm's, leave out what is before {@code --first}.
 */
class KeptSeedsTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "16, edits of a text that were retried on another text",
        "23, transactions that counted twice while they were sent again to a restored server",
        "33, edits that were retried on another text",
        "39, edits that were retried on another text",
        "46, a key that was renamed too far",
        "52, a removal that removed nothing and was believed",
        "107, edits that did not name the one they build on",
        "141, a child of a row that was about to go",
        "161, edits that did not name the one they build on",
        "180, edits of a lost text that were waited for without end",
        "210, transactions of a restored device that counted twice until it had asked for all of them",
        "299, edits of a text whose row came back in another state",
        "305, a word of a text that was split while a restored device asked",
        "333, a value that was pulled below a pending write and written over without a trace",
        "383, the clean part of a write that clashed elsewhere and was not shown to its author",
        "534, a row that was deleted and forgotten before its device knew that it was accepted",
        "646, an element of a set that stays for another's sake and was not shown to who took it back",
        "744, a value that was pulled below a pending write and written over without a trace",
        "850, a row that differed from the server's when all was quiet",
    })
    void whatWasMendedHolds(long seed, String found) {
        holds(seed, found, "--even", "--steps", "200", "--burst", "5");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "12, a machine that waited anew for as long as its last process had run, since its clock was behind when it started",
        "140, a counter that came to the sum of two counts",
        "224, a count that lost to one that it had seen",
        "231, a key that was staged in one scope and written anew in another",
        "648, a write of a copied device under a key that the server had replaced",
    })
    void whatSwarmsFoundHolds(long seed, String found) {
        holds(seed, found);
    }

    private static void holds(long seed, String found, String... kind) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        List<String> command = new ArrayList<>(List.of("simulate", "--first", Long.toString(seed), "--seeds", "1"));
        command.addAll(List.of("--threads", "1", "--no-shrink"));
        command.addAll(List.of(kind));
        int code = Main.run(out, out, command.toArray(new String[0]));
        out.flush();
        assertThat(code).as(found + "%n%s", said).isEqualTo(ExitCode.DONE);
    }
}
