package dev.godwit.simulation;

import dev.godwit.server.Grant;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the server's answers for values of scopes that the device may not see (P7). Those values name their scope and their
 * writer; what a device wrote itself may come back to it in the reason of a refusal.
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
}
