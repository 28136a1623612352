package dev.godwit.conformance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Listing;
import dev.godwit.cli.Subcommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code godwit conformance}: puts the cases of the kit to this implementation, or to a program. */
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = "Cases of merging, of messages and of whole exchanges, put to this or another implementation.",
        footer = {
            "",
            "Exits 1 if a case fails or none was run.",
            "Example: godwit conformance --subject \"python3 ours.py\" --only merge,wire"
        })
public final class ConformanceCommand implements Subcommand {
    @Option(
            names = "--subject",
            paramLabel = "\"CMD ARGS\"",
            description = "The program to ask: a question is a line of JSON on its standard input, an answer one on its"
                    + " standard output. Words are divided at spaces. Default: this implementation.")
    @Nullable
    String subject;

    @Option(names = "--only", split = ",", paramLabel = "GROUP", description = "merge, wire, protocol. Default: all.")
    List<String> only = Conformance.GROUPS;

    @Option(names = "--json", description = "Print for programs, a JSON object a line.")
    boolean json;

    @Option(names = "--serve", description = "Be the program that is asked, until standard input ends.")
    boolean serve;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (serve) {
            serve(out);
            return ExitCode.DONE;
        }
        Set<String> groups = new TreeSet<>(only);
        groups.removeAll(Conformance.GROUPS);
        if (!groups.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--only " + groups + ": there are " + Conformance.GROUPS);
        }
        try (ConformanceSubject asked = open()) {
            Conformance.Total total = Conformance.run(asked, Set.copyOf(only), failure -> print(out, failure));
            Listing listing = new Listing(json);
            var row = listing.row();
            row.put("run", total.run());
            row.put("failed", total.failed());
            row.put("skipped", total.skipped());
            listing.print(out, "");
            return total.held() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private ConformanceSubject open() throws IOException {
        String command = subject;
        return command == null
                ? new GodwitSubject()
                : new ChildSubject(List.of(command.strip().split(" +")));
    }

    private void print(PrintWriter out, Conformance.Failure failure) {
        if (json) {
            Listing listing = new Listing(true);
            var row = listing.row();
            row.put("group", failure.group());
            row.put("file", failure.file());
            row.put("case", failure.name());
            row.put("where", failure.where());
            row.put("expected", failure.expected());
            row.put("seen", failure.seen());
            listing.print(out, "");
        } else {
            out.println(failure.group() + "/" + failure.file() + ": " + failure.name());
            out.println("  " + failure.where());
            out.println("    expected  " + failure.expected());
            out.println("    seen      " + failure.seen());
        }
    }

    private static void serve(PrintWriter out) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (GodwitSubject own = new GodwitSubject()) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonObject answer = own.answer(JsonParser.parseString(line).getAsJsonObject());
                out.println(ChildSubject.line(answer));
            }
        }
    }
}
