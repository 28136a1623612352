package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device's own writes are not sent back to it; what it makes of them by itself is what the server made of them (P3). */
class OwnWritesTest {
    private static final String SCHEMA = """
            create table item (id text primary key, team text scope not null, tags text add_wins_set, extra text merged_json,
              poem text three_way);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesThatHaveTheSameItem() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item values ('i', 'red', '[1,2]', '{\"k\":1}', 'one\ntwo\nthree\n')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void accepted(String sql) {
        a.run(sql);
        a.transport.fail(new FaultyTransport.Fault.AnswerLost());
        assertThat(a.sync().isSynced()).isFalse();
    }

    private String shownAndStored(String column) {
        String sql = "select " + column + " from item";
        assertThat(a.all(sql)).isEqualTo(fleet.onServer(sql));
        return a.one(sql);
    }

    @Test
    void whatAnotherAddedAsWellStaysWhenTheDeviceTakesItsOwnBack() {
        accepted("update item set tags = '[1,2,7]'");
        b.run("update item set tags = '[1,2,7]'");
        b.synced();
        a.run("update item set tags = '[1,2]'");
        a.synced();
        assertThat(shownAndStored("tags")).isEqualTo("[1,2,7]");
    }

    @Test
    void theCleanPartOfAWriteThatClashesIsShown() {
        b.run("update item set poem = 'one\ntwo\nby b\n'");
        b.synced();
        // made before, and decided after, b's came: the next answer does not bring that again
        a.transport.beforeNextAnswer(() -> a.run("update item set poem = 'by a\ntwo\nby a\n'"));
        a.synced();
        assertThat(shownAndStored("poem")).isEqualTo("by a\ntwo\nby b\n");
        assertThat(a.one("select mine from godwit_conflict")).as("what lost").contains("by a\ntwo\nby a");
    }
}
