package dev.godwit.cli;

import dev.godwit.model.Limits;
import dev.godwit.model.Pace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a server tells the devices of their pace. It takes nothing that they would not follow. */
final class PaceOptions {
    private static final Limits LIMITS = Limits.DEFAULT;

    @Option(
            names = "--pace-every",
            paramLabel = "TIME",
            converter = Every.Converter.class,
            description = "How often devices sync by themselves: 5m to 1d. Without it, as their application says.")
    @Nullable
    Every every;

    @Option(
            names = "--pace-transactions",
            paramLabel = "N",
            converter = Transactions.class,
            description = "How many transactions they send in one request, at most.")
    long transactions;

    @Option(
            names = "--pace-bytes",
            paramLabel = "N",
            converter = Bytes.class,
            description = "How many bytes of changes they send in one request, at most.")
    long bytes;

    Pace pace() {
        return new Pace(every == null ? 0 : every.seconds() * 1_000L, transactions, bytes);
    }

    /** Reads how many transactions. */
    static final class Transactions implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return among(text, 1, LIMITS.pushTransactions());
        }
    }

    /** Reads how many bytes. */
    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return among(text, LIMITS.pushBytesMin(), LIMITS.pushBytes());
        }
    }

    private static long among(String text, long least, long most) {
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new TypeConversionException("'" + text + "' is not possible: give a number from " + least + " to " + most
                + ", or leave it out and devices send as much as they want");
    }
}
