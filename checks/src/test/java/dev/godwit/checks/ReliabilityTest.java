package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table of faults in docs/reliability.md: all rows are there, and what they name exists. */
class ReliabilityTest {
    private static final int ROWS = 74;

    private String page;
    private List<String[]> rows;

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(ProjectFiles.ROOT.resolve("docs/reliability.md"));
        rows = page.lines()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .map(line -> line.split(" *\\| *", -1))
                .toList();
    }

    @Test
    void everyRowIsThereOnceAndInItsPlace() {
        assertThat(rows.stream().map(row -> Integer.valueOf(row[1])))
                .isEqualTo(IntStream.rangeClosed(1, ROWS).boxed().toList());
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSize(7));
    }

    @Test
    void everyRowNamesATestOrWhatItWaitsForOrIsOpen() {
        for (String[] row : rows) {
            boolean tested = NamedTests.isIn(row[4]);
            assertThat(tested || row[4].contains("later: needs ") || isOpen(row))
                    .as("row " + row[1] + ": " + row[4])
                    .isTrue();
            if (tested && !row[4].contains("later:")) {
                assertThat(row[5]).as("what was seen in row " + row[1]).isNotEmpty();
            }
        }
    }

    private static boolean isOpen(String[] row) {
        return row[4].matches("(.*; )?open: \\w.*");
    }

    /** A part that has no test is said by its row, and how many say so is said once. */
    @Test
    void whatIsOpenIsSaidAndCounted() {
        assertThat(rows)
                .allSatisfy(row -> assertThat(row[4].contains("open:"))
                        .as("row " + row[1] + " says what is open: " + row[4])
                        .isEqualTo(isOpen(row)));
        long open = rows.stream().filter(ReliabilityTest::isOpen).count();
        assertThat(page).contains("**" + open + " rows say *open***");
    }

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        NamedTests.exist(page, 50);
    }
}
