package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebookTest {
    @TempDir
    Path folder;

    @Test
    void tasksSurviveARestart() {
        Path file = folder.resolve("notebook.db");
        try (Notebook notebook = new Notebook(file)) {
            notebook.vote(notebook.add("fly"));
        }
        try (Notebook notebook = new Notebook(file)) {
            assertEquals("fly", notebook.tasks().get(0).title());
            assertEquals(1, notebook.tasks().get(0).votes());
            assertEquals(2, notebook.waiting());
        }
    }
}
