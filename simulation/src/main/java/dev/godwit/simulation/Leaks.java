package dev.godwit.simulation;

import dev.godwit.server.Grant;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Looks for what a device should not have (P7): in the server's answers for values of scopes that it may not see, which name
 * their scope and their writer (what a device wrote itself may come back to it in the reason of a refusal), and in its file.
 */
final class Leaks {
    private static final Pattern VALUE = Pattern.compile("(red|blue|green):[a-z]*\\d+(d\\d+)?");

    private Leaks() {}

    static void check(SimulatedDevice device, Grant grant, byte[] answer) {
        Matcher values = VALUE.matcher(new String(answer, StandardCharsets.ISO_8859_1));
        while (values.find()) {
            String writer = values.group(2);
            boolean own = writer != null && device.name.startsWith(writer);
            if (!own && !grant.mayRead(values.group(1))) {
                throw new Violation(
                        "P7", device.name + " may not read " + values.group(1) + " and is sent " + values.group());
            }
        }
    }

    /** Nothing that it shows lives in a scope that it does not sync; it has nothing pending. */
    static void checkHeld(SimulatedDevice device) {
        String scopes = Snapshots.TABLES.stream()
                .map(table -> "select team from " + table)
                .collect(Collectors.joining(" union "));
        List<String> strangers = device.db().query(scopes).stream()
                .map(row -> row.value(0).asText())
                .filter(team -> !device.scopes.contains(team))
                .toList();
        if (!strangers.isEmpty()) {
            throw new Violation("P7", device.name + " keeps rows of " + strangers + ", which it does not sync");
        }
    }
}
