package dev.godwit.merge;

/**
 * Splices that continue each other: all insert as many units, each behind the one before, or all delete as many, at one
 * place or each before the one before. What fits nowhere is a run of one.
 */
final class SpliceRun {
    /** Typing, a unit each, and several each. */
    static final int TYPED = 0;

    static final int INSERTED = 1;
    /** Deleting forwards. */
    static final int UNIT_DELETED = 2;

    static final int DELETED = 3;
    /** Deleting backwards. */
    static final int UNIT_ERASED = 4;

    static final int ERASED = 5;
    /** One that replaces, or does nothing. */
    static final int REPLACED = 6;

    final Splice first;
    private final boolean inserts;
    private final boolean deletes;
    private int step;
    private int at;
    private int count = 1;

    SpliceRun(Splice first) {
        this.first = first;
        at = first.at();
        inserts = first.deleted() == 0 && !first.inserted().isEmpty();
        deletes = first.deleted() > 0 && first.inserted().isEmpty();
        step = inserts ? first.inserted().length() : 0;
    }

    int count() {
        return count;
    }

    /** Whether the splice continues the run, which then has it. */
    boolean accepts(Splice splice) {
        int distance = splice.at() - at;
        boolean fits;
        if (inserts) {
            fits = splice.deleted() == 0 && splice.inserted().length() == step && distance == step;
        } else {
            boolean alike = deletes && splice.inserted().isEmpty() && splice.deleted() == first.deleted();
            boolean backwards = alike && count == 1 && distance == -first.deleted();
            step = backwards ? distance : step;
            fits = alike && distance == step;
        }
        if (fits) {
            at = splice.at();
            count++;
        }
        return fits;
    }

    /** The kind, for a run that starts so far from where the one before ended. */
    int kind(long distance) {
        boolean unit = first.deleted() + first.inserted().length() == 1;
        if (inserts) {
            return unit ? TYPED : INSERTED;
        }
        if (!deletes) {
            return REPLACED;
        }
        boolean backwards = count == 1 ? distance == -first.deleted() : step < 0;
        if (backwards) {
            return unit ? UNIT_ERASED : ERASED;
        }
        return unit ? UNIT_DELETED : DELETED;
    }

    /** Where the next run starts if it goes on here. */
    long end() {
        return (long) at + first.inserted().length();
    }
}
