package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * Texts that both sides edit. Law: every character that somebody inserted and nobody deleted is there once, what one
 * transaction inserted in one place is not interleaved with what others did there, and the text does not depend on the order
 * of arrival; see {@link TextWalk}. A CRDT: a sequence with the order of FugueMax (Weidner and Kleppmann, 2023), whose
 * metadata lives only while a merge runs.
 *
 * <p>What a merge needs to know is the log of edits, which is no memory of one cell: the server walks it. Here is what all
 * others need.
 */
final class MergedText implements ColumnRule {
    static final MergedText RULE = new MergedText();

    private MergedText() {}

    /** Without concurrent edits; otherwise the log has to be walked. */
    @Override
    public Verdict decide(Attempt attempt) {
        return Verdict.write(predict(attempt.stored(), attempt.write()));
    }

    /** The edits must have been made on this very text. */
    @Override
    public Value predict(Value current, CellWrite write) {
        return TextEdit.decode(write.value()).applyTo(current);
    }
}
