package dev.godwit.cli;

import dev.godwit.model.TransactionId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the id of a transaction from an argument. */
final class TransactionConverter implements ITypeConverter<TransactionId> {
    @Override
    public TransactionId convert(String text) {
        try {
            return TransactionId.parse(text);
        } catch (IllegalArgumentException none) {
            throw new TypeConversionException("'" + text
                    + "' is no id of a transaction: take one from `godwit outbox DB` or `godwit history DB`");
        }
    }
}
