package dev.godwit.model;

import java.util.Locale;
import java.util.Optional;

/** How concurrent writes of one column are merged; the last word of a declared column type, or a policy row. */
public enum MergeWord {
    /** No word: last writer wins, by stamp. */
    LAST_WRITER,
    /** The last write to reach the server wins. */
    SERVER_ORDER,
    /** Every write is a delta; deltas add up. */
    COUNTER,
    /** The larger value stays. */
    MAX,
    /** The smaller value stays. */
    MIN,
    /** A set of scalars in a JSON array; a remove removes only what it had seen. */
    ADD_WINS_SET,
    /** Both sides' edits of a text, not interleaved within a run. */
    MERGED_TEXT,
    /** JSON, merged per path. */
    MERGED_JSON,
    /** The first accepted value stays. */
    FIRST_WRITE,
    /** Base, ours and theirs are merged; a real clash goes to the inbox. */
    THREE_WAY,
    /** The server's value stays; the other goes to the inbox. */
    MANUAL,
    /** A resolver registered on the server decides. */
    CUSTOM,
    /** Devices cannot write it. */
    READ_ONLY,
    /** Names the scope that the row lives in. */
    SCOPE;

    /** The word as it is written in a schema; empty for {@link #LAST_WRITER}, which has no word. */
    public String word() {
        return this == LAST_WRITER ? "" : name().toLowerCase(Locale.ROOT);
    }

    /** The merge word that is spelled so, if there is one; case does not matter. */
    public static Optional<MergeWord> ofWord(String word) {
        for (MergeWord candidate : values()) {
            if (candidate != LAST_WRITER && candidate.word().equals(word.toLowerCase(Locale.ROOT))) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
