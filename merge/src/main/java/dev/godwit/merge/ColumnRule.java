package dev.godwit.merge;

import dev.godwit.model.MergeWord;

/** How writes of one column merge. Pure: the same attempt has the same verdict, on every machine, for ever. */
public interface ColumnRule {

    /** Decides one write. */
    Verdict decide(Attempt attempt);

    /**
     * The rule of a merge word.
     *
     * @throws IllegalArgumentException for a word that this release does not support
     */
    static ColumnRule of(MergeWord word) {
        return switch (word) {
            case LAST_WRITER, SCOPE -> LastWriter.RULE;
            case COUNTER -> Counter.RULE;
            default -> throw new IllegalArgumentException("no rule for " + word.word() + " in this release");
        };
    }
}
