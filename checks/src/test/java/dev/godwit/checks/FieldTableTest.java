package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tables in docs/workmanager-conformance.md: each row says how we stand to it, and names a test that exists. */
class FieldTableTest {
    private static final int PROBLEMS = 26;
    private static final List<String> VERDICTS = List.of("same", "on purpose", "more", "not there");

    private String page;
    private List<String[]> behaviours;
    private List<String[]> problems;

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(ProjectFiles.ROOT.resolve("docs/workmanager-conformance.md"));
        behaviours = rows("\\| (?!\\d+ \\||# \\||WorkManager \\|).*");
        problems = rows("\\| \\d+ \\|.*");
    }

    private List<String[]> rows(String shape) {
        List<String[]> rows = page.lines()
                .filter(line -> line.matches(shape))
                .map(line -> line.split(" *\\| *", -1))
                .toList();
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSize(6));
        return rows;
    }

    @Test
    void everyBehaviourSaysHowWeStandToItAndNamesATest() {
        assertThat(behaviours.size()).isGreaterThan(80);
        for (String[] row : behaviours) {
            assertThat(VERDICTS).as(row[1]).contains(row[2]);
            assertThat(NamedTests.isIn(row[4]))
                    .as(row[1] + ": a test is named, unless there is nothing to test")
                    .isEqualTo(!row[2].equals("not there"));
        }
    }

    @Test
    void everyProblemOfTheFieldIsThereOnceAndAnswered() {
        assertThat(problems.stream().map(row -> Integer.valueOf(row[1])))
                .isEqualTo(IntStream.rangeClosed(1, PROBLEMS).boxed().toList());
        for (String[] row : problems) {
            assertThat(NamedTests.isIn(row[4]) || row[3].startsWith("not there"))
                    .as(row[1] + ": " + row[2])
                    .isTrue();
        }
    }

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        NamedTests.exist(page, 100);
    }
}
