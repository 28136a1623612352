package dev.godwit.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How often a timer fires, or a device syncs: such that it is at the same times every day, which all timers can say. */
record Every(int minutes) {
    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;

    static final List<Integer> POSSIBLE =
            List.of(5, 10, 15, 20, 30, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR, 12 * HOUR, DAY);

    @Override
    public String toString() {
        return minutes == DAY ? "1d" : minutes >= HOUR ? minutes / HOUR + "h" : minutes + "m";
    }

    int seconds() {
        return minutes * 60;
    }

    /** By how much it may be late, so that a thousand machines do not come at once. */
    int spreadSeconds() {
        return seconds() / 10;
    }

    /** As systemd says it. */
    String calendar() {
        if (minutes == DAY) {
            return "*-*-* 00:00:00";
        }
        return minutes < HOUR ? "*-*-* *:00/" + minutes + ":00" : "*-*-* 00/" + minutes / HOUR + ":00:00";
    }

    /** Reads one from an argument. */
    static final class Converter implements ITypeConverter<Every> {
        @Override
        public Every convert(String text) {
            return POSSIBLE.stream()
                    .map(Every::new)
                    .filter(every -> every.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not possible: give one of "
                            + POSSIBLE.stream()
                                    .map(minutes -> new Every(minutes).toString())
                                    .collect(Collectors.joining(", "))));
        }
    }
}
