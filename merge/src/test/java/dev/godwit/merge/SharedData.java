package dev.godwit.merge;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Histories that nobody here made: they lie beside the project, and where they do not, the tests that read them skip. */
final class SharedData {
    private SharedData() {}

    record Patch(int at, int deleted, String inserted) {
        static Patch of(JsonElement json) {
            var fields = json.getAsJsonArray();
            return new Patch(
                    fields.get(0).getAsInt(),
                    fields.get(1).getAsInt(),
                    fields.get(2).getAsString());
        }

        Splice splice() {
            return new Splice(at, deleted, inserted);
        }
    }

    static JsonElement read(String name) throws IOException {
        Path file = find("shared/data/" + name);
        if (!Files.exists(file)) {
            System.out.println(
                    "SKIPPED: a test of texts needs shared/data/" + name + " beside the project, and it is not there");
        }
        assumeTrue(Files.exists(file), "no " + name);
        try (Reader reader = new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, JsonElement.class);
        }
    }

    /** Beside the project, or beside one of the folders that it lies in. */
    private static Path find(String name) {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        return here.resolve(name);
    }

    /** The patches of a list of transactions, one list for each. */
    static List<List<Splice>> splices(Iterable<JsonElement> transactions, String key) {
        List<List<Splice>> all = new ArrayList<>();
        for (JsonElement transaction : transactions) {
            List<Splice> splices = new ArrayList<>();
            for (JsonElement patch : transaction.getAsJsonObject().getAsJsonArray(key)) {
                splices.add(Patch.of(patch).splice());
            }
            all.add(splices);
        }
        return all;
    }
}
