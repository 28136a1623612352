package dev.godwit.bench;

import dev.godwit.merge.Splice;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * How a text was written, keystroke by keystroke.
 *
 * @param source where it is from
 * @param edits each in the text that those before it leave; the first in an empty one
 * @param text what they come to
 */
record TextSession(String source, List<Splice> edits, String text) {
    private static final String RECORDED = "shared/data/text-session-paper.json.gz";
    /** As many as the recorded one has. */
    private static final int EDITS = 259_778;

    /** The first so many edits of the recorded session, or of a generated one if that does not lie beside the project. */
    static TextSession find(SqliteConnection scratch, int most) throws IOException {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(RECORDED))) {
                return of("recorded", recorded(scratch, folder.resolve(RECORDED)), most);
            }
        }
        Typing typing = new Typing("", 1, 0, new Random(1));
        return of("generated", typing.type(Math.min(most, EDITS)), most);
    }

    private static TextSession of(String source, List<Splice> all, int most) {
        List<Splice> edits = all.subList(0, Math.min(most, all.size()));
        return new TextSession(source, edits, Splice.apply("", edits));
    }

    private static List<Splice> recorded(SqliteConnection scratch, Path file) throws IOException {
        String json;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Splice> edits = new ArrayList<>(EDITS);
        for (Value[] patch : Sql.rows(
                scratch,
                "select p.value ->> 0, p.value ->> 1, p.value ->> 2"
                        + " from json_each(?, '$.txns') t, json_each(t.value, '$.patches') p",
                Value.of(json))) {
            edits.add(new Splice((int) patch[0].asLong(), (int) patch[1].asLong(), patch[2].asText()));
        }
        return edits;
    }
}
