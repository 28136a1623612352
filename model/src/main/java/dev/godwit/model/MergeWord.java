package dev.godwit.model;

import java.util.Locale;
import java.util.Optional;

/** How concurrent writes of one column are merged; the last word of a declared column type, or a policy row. */
public enum MergeWord {
    /** No word: last writer wins, by stamp. */
    LAST_WRITER(true),
    /** The last write to reach the server wins. */
    SERVER_ORDER(false),
    /** Every write is a delta; deltas add up. */
    COUNTER(true),
    /** The larger value stays. */
    MAX(false),
    /** The smaller value stays. */
    MIN(false),
    /** A set of scalars in a JSON array; a remove removes only what it had seen. */
    ADD_WINS_SET(false),
    /** Both sides' edits of a text, not interleaved within a run. */
    MERGED_TEXT(false),
    /** JSON, merged per path. */
    MERGED_JSON(false),
    /** The first accepted value stays. */
    FIRST_WRITE(false),
    /** Base, ours and theirs are merged; a real clash goes to the inbox. */
    THREE_WAY(false),
    /** The server's value stays; the other goes to the inbox. */
    MANUAL(false),
    /** A resolver registered on the server decides. */
    CUSTOM(false),
    /** Devices cannot write it. */
    READ_ONLY(false),
    /** Names the scope that the row lives in. */
    SCOPE(true);

    private final boolean supported;

    MergeWord(boolean supported) {
        this.supported = supported;
    }

    /** False for words whose rule this release does not have yet; the schema reader refuses them by name. */
    public boolean supported() {
        return supported;
    }

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
