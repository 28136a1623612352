package dev.godwit.cli;

import dev.godwit.http.SharedSecretTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Mints a token for a server that knows the secret.",
        footer = {"", "Example: godwit token --secret secret.txt --subject ann --scopes red,shared"})
final class TokenCommand implements Callable<Integer> {
    @Option(names = "--secret", required = true, paramLabel = "FILE", description = "The secret, 32 bytes or more.")
    Path secret = Path.of("");

    @Option(names = "--subject", required = true, description = "Whom it is for.")
    String subject = "";

    @Option(names = "--scopes", required = true, split = ",", description = "What it grants.")
    List<String> scopes = List.of();

    @Option(names = "--read-only", description = "Grants reading only.")
    boolean readOnly;

    @Option(names = "--days", defaultValue = "30", description = "How long it is good for.")
    int days;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        check(days > 0, "--days " + days + ": the token would have expired already; give 1 or more");
        check(!subject.isBlank(), "--subject is empty: say whom the token is for");
        check(scopes.stream().noneMatch(String::isBlank), "--scopes has an empty name: give names like red,shared");
        SharedSecretTokens tokens = new SharedSecretTokens(InputFile.bytes(secret), System::currentTimeMillis);
        spec.commandLine().getOut().println(tokens.mint(subject, scopes, readOnly, days * 86_400_000L));
        return ExitCode.DONE;
    }

    private void check(boolean holds, String mistake) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), mistake);
        }
    }
}
