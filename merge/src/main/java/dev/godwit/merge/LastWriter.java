package dev.godwit.merge;

/**
 * The last writer wins. Law: a write that had seen the cell replaces it; among concurrent writes the greatest stamp stays,
 * whatever order they arrive in. (Stamps of a write are above those of every cell it had seen, so the order of stamps extends
 * causality and is total.) A write of the value that is there already takes the cell over like any other.
 */
final class LastWriter implements ColumnRule {
    static final LastWriter RULE = new LastWriter();

    private LastWriter() {}

    @Override
    public Verdict decide(Attempt attempt) {
        if (attempt.isDelta()) {
            return new Verdict.Refused("only a counter takes a delta");
        }
        boolean wins = !attempt.concurrent()
                || attempt.stamp().compareTo(attempt.cell().stamp()) > 0;
        return wins ? new Verdict.Write(attempt.incoming()) : new Verdict.Lost();
    }
}
