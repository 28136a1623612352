package dev.godwit.cli;

import dev.godwit.scheduler.WorkId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the number of a work from an argument. */
final class WorkIdConverter implements ITypeConverter<WorkId> {
    @Override
    public WorkId convert(String text) {
        try {
            return WorkId.parse(text);
        } catch (IllegalArgumentException none) {
            throw new TypeConversionException("'" + text + "' is no work's number: take one from `godwit work DB`");
        }
    }
}
