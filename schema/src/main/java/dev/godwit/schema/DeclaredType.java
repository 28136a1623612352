package dev.godwit.schema;

import dev.godwit.model.MergeWord;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A declared column type, cut into SQLite's part and Godwit's.
 *
 * @param type what is left for SQLite
 * @param word the merge word at its end, or null
 * @param nearMiss the merge word that the last word looks like, where it is none
 */
record DeclaredType(
        String type, @Nullable MergeWord word, @Nullable MergeWord nearMiss) {
    /** Last words of types that people do use, and that are no misspelled merge word. */
    private static final Set<String> KNOWN = Set.of(
            "int",
            "integer",
            "text",
            "blob",
            "real",
            "numeric",
            "char",
            "character",
            "varchar",
            "clob",
            "date",
            "datetime",
            "time",
            "timestamp",
            "boolean",
            "bool",
            "float",
            "double",
            "precision",
            "decimal",
            "bigint",
            "smallint",
            "tinyint",
            "money",
            "json",
            "jsonb",
            "uuid",
            "any",
            "number",
            "string",
            "set",
            "point",
            "unsigned");

    static DeclaredType of(String declared) {
        // SQLite keeps the type as it is written, with comments and line ends
        String trimmed = new Script(declared).withoutComments().strip().replaceAll("\\s+", " ");
        int space = trimmed.lastIndexOf(' ');
        String last = trimmed.substring(space + 1);
        Optional<MergeWord> word = MergeWord.ofWord(last);
        if (word.isPresent()) {
            return new DeclaredType(trimmed.substring(0, Math.max(0, space)).strip(), word.get(), null);
        }
        return new DeclaredType(trimmed, null, nearMiss(last.toLowerCase(Locale.ROOT)));
    }

    /** The merge word that a word is most like; null where it is like none. */
    static @Nullable MergeWord nearMiss(String word) {
        if (word.length() < 3 || KNOWN.contains(word) || word.indexOf('(') >= 0) {
            return null;
        }
        for (MergeWord candidate : MergeWord.values()) {
            int allowed = candidate.word().length() > 5 ? 2 : 1;
            if (candidate != MergeWord.LAST_WRITER && Spelling.distance(word, candidate.word()) <= allowed) {
                return candidate;
            }
        }
        return null;
    }

    /** SQLite's type affinity of a declared type (datatype3.html, section 3.1). */
    static String affinity(String declared) {
        String type = declared.toUpperCase(Locale.ROOT);
        if (type.contains("INT")) {
            return "INTEGER";
        } else if (List.of("CHAR", "CLOB", "TEXT").stream().anyMatch(type::contains)) {
            return "TEXT";
        } else if (type.isEmpty() || type.contains("BLOB")) {
            return "BLOB";
        }
        return List.of("REAL", "FLOA", "DOUB").stream().anyMatch(type::contains) ? "REAL" : "NUMERIC";
    }
}
