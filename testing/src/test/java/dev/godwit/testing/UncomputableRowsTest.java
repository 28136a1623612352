package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows for which SQLite cannot compute what the schema says: each is refused, and what others write goes on. */
@Timeout(60)
class UncomputableRowsTest {
    private static final String SCHEMA = "create table task (id integer primary key, team text scope not null,"
            + " n integer counter not null default 0 check (abs(n) >= 0));";

    @TempDir
    Path folder;

    @Test
    void twoCountsWhoseSumACheckCannotTakeEndInARejectionAndHoldNobodyUp() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            Fleet.Member c = fleet.device("c", "red");
            a.run("insert into task values (1, 'red', -9223372036854775800)");
            c.run("insert into task values (5, 'red', 0)");
            a.synced();
            b.synced();
            c.synced();
            a.run("update task set n = n - 4");
            b.run("update task set n = n - 4");
            a.synced();
            SyncResult refused = b.sync();
            assertThat(refused.isSynced()).as(refused.toString()).isTrue();
            assertThat(b.db.outbox())
                    .singleElement()
                    .extracting(OutboxEntry::reason)
                    .asString()
                    .contains("Row 1 of task is refused by the database: integer overflow");
            c.run("update task set n = n + 1 where id = 5");
            c.synced();
            assertThat(fleet.onServer("select id, n from task")).containsExactly("[1, -9223372036854775804]", "[5, 1]");
        }
    }
}
