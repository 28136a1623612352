package dev.godwit.wire;

import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.Value;
import dev.godwit.model.Value.BlobValue;
import dev.godwit.model.Value.RealValue;

/** Packs the values of one column: kinds in runs, and the values of each kind on their own. */
final class ColumnWriter {

    private final ByteSink kinds = new ByteSink();
    private final ByteSink reals = new ByteSink();
    private final ByteSink lengths = new ByteSink();
    private final ByteSink texts = new ByteSink();
    private final ByteSink blobs = new ByteSink();
    private final ByteSink uuids = new ByteSink();
    private final long[] integers;
    private int integerCount;
    private int runKind = -1;
    private int runLength;

    private ColumnWriter(int entries) {
        integers = new long[entries];
    }

    /**
     * Encodes a column.
     *
     * @param values the values, in the order of the rows
     * @param mayBeConstant whether equal values may be sent as one. Not in the last key column: there every row must
     *     cost a byte, or a few bytes could claim millions of rows
     */
    static Messages.Column encode(BlockColumn column, Value[] values, boolean mayBeConstant) {
        Messages.Column.Builder message =
                Messages.Column.newBuilder().setName(column.name()).setRole(Roles.number(column.role()));
        if (values.length > 1 && allEqual(values)) {
            return mayBeConstant ? finish(message, new Value[] {values[0]}) : finish(message, Dictionary.ofAll(values));
        }
        Dictionary dictionary = values.length > 2 ? Dictionary.of(values) : null;
        return dictionary == null ? finish(message, values) : finish(message, dictionary);
    }

    private static boolean allEqual(Value[] values) {
        for (int i = 1; i < values.length; i++) {
            if (!values[i].equals(values[0])) {
                return false;
            }
        }
        return true;
    }

    private static Messages.Column finish(Messages.Column.Builder message, Dictionary dictionary) {
        ByteSink indexes = new ByteSink();
        for (int index : dictionary.indexes()) {
            indexes.varint(index);
        }
        return finish(message.setIndexes(indexes.toByteString()), dictionary.entries());
    }

    private static Messages.Column finish(Messages.Column.Builder message, Value[] entries) {
        ColumnWriter writer = new ColumnWriter(entries.length);
        for (Value entry : entries) {
            writer.add(entry);
        }
        writer.endRun();
        return writer.finish(message);
    }

    private void add(Value value) {
        switch (value.kind()) {
            case NULL -> run(ValueCode.NULL);
            case INTEGER -> addInteger(value.asLong());
            case REAL -> addReal(((RealValue) value).value());
            case TEXT -> addText(value.asText());
            case BLOB -> addBlob(((BlobValue) value).value());
        }
    }

    private void addInteger(long value) {
        run(ValueCode.INTEGER);
        integers[integerCount++] = value;
    }

    private void addReal(double value) {
        run(ValueCode.REAL);
        reals.littleEndian(Double.doubleToRawLongBits(value));
    }

    private void addText(String text) {
        if (Uuids.writeIfUuid(text, uuids)) {
            run(ValueCode.UUID);
            return;
        }
        run(ValueCode.TEXT);
        byte[] utf8 = Texts.utf8(text);
        lengths.varint(utf8.length);
        texts.write(utf8);
    }

    private void addBlob(byte[] blob) {
        run(ValueCode.BLOB);
        lengths.varint(blob.length);
        blobs.write(blob);
    }

    private void run(int kind) {
        if (kind != runKind) {
            endRun();
            runKind = kind;
        }
        runLength++;
    }

    private void endRun() {
        if (runLength > 0) {
            kinds.varint(((long) runLength << ValueCode.BITS) | runKind);
        }
        runLength = 0;
    }

    private Messages.Column finish(Messages.Column.Builder message) {
        boolean deltas = deltasPay();
        return message.setKinds(kinds.toByteString())
                .setIntegers(integers(deltas).toByteString())
                .setDeltas(deltas)
                .setReals(reals.toByteString())
                .setLengths(lengths.toByteString())
                .setTexts(texts.toByteString())
                .setBlobs(blobs.toByteString())
                .setUuids(uuids.toByteString())
                .build();
    }

    private boolean deltasPay() {
        long plain = 0;
        long coded = 0;
        for (int i = 0; i < integerCount; i++) {
            plain += ByteSink.zigzagSize(integers[i]);
            coded += ByteSink.zigzagSize(integers[i] - (i == 0 ? 0 : integers[i - 1]));
        }
        return coded < plain;
    }

    private ByteSink integers(boolean deltas) {
        ByteSink sink = new ByteSink();
        for (int i = 0; i < integerCount; i++) {
            sink.zigzag(integers[i] - (deltas && i > 0 ? integers[i - 1] : 0));
        }
        return sink;
    }
}
