package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that is damaged itself: told, never thrown from a thread of the scheduler, and made anew if it is the scheduler's own. */
class DamagedFileTest {
    /** The table's page is that of an index. */
    private static final String WRONG_PAGE =
            "pragma writable_schema = on; update sqlite_schema set rootpage = (select rootpage from"
                    + " sqlite_schema where name = 'godwit_work_state') where name = 'godwit_work';"
                    + " pragma schema_version = 9999";

    private static final String NO_PAGE = "pragma writable_schema = on; update sqlite_schema set rootpage = 99999"
            + " where name = 'godwit_work_note'; pragma schema_version = 9999";

    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
        room.worker("w");
    }

    @AfterEach
    void close() {
        room.close();
    }

    private void works() {
        WorkId id = room.enqueue(WorkRoom.labelled("w", "after"));
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.runs).endsWith("after");
    }

    @Test
    void anOwnFileThatIsNoDatabaseIsSetAsideAtOpen() throws IOException {
        room.change = SchedulerOptions::asOwnFile;
        byte[] text = new byte[5_000];
        Arrays.fill(text, (byte) 'x');
        Files.write(room.file, text);
        room.open();
        assertThat(room.troubles).singleElement().asString().contains("set aside as work.db.aside-1", "made anew");
        assertThat(Files.readAllBytes(folder.resolve("work.db.aside-1"))).isEqualTo(text);
        works();
    }

    @Test
    void anOwnFileThatIsDamagedWhileItIsOpenIsSetAside() {
        room.change = SchedulerOptions::asOwnFile;
        room.open();
        room.enqueue(WorkRequest.of("w"));
        room.sql(NO_PAGE);
        works();
        assertThat(room.troubles).singleElement().asString().contains("set aside as work.db.aside-1");
        assertThat(folder.resolve("work.db.aside-1")).exists();
    }

    @Test
    void anOwnFileThatIsDamagedIsSetAsideByAReadToo() {
        room.change = SchedulerOptions::asOwnFile;
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("w"));
        room.sql(NO_PAGE);
        assertThat(room.scheduler().find(id)).isEmpty();
        works();
    }

    @Test
    void damagedTablesInTheApplicationsFileAreSetAsideAndItsOwnStay() {
        room.open();
        room.sql("create table note (text text); insert into note values ('mine')");
        room.enqueue(WorkRequest.of("w"));
        room.sql(WRONG_PAGE);
        works();
        assertThat(room.troubles).isNotEmpty();
        assertThat(room.number("select count(*) from note")).isEqualTo(1);
    }

    @Test
    void tablesThatWereDamagedBeforeTheyAreOpenedAreSetAside() {
        room.open();
        room.enqueue(WorkRequest.of("w"));
        room.driver.close();
        room.sql(WRONG_PAGE);
        room.open();
        works();
        assertThat(room.troubles).isNotEmpty();
    }

    @Test
    void theApplicationsFileIsNeverReplacedAndWhoAsksHearsTheError() throws IOException {
        Files.write(
                room.file, "no database, and not ours".repeat(300).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> room.open()).isInstanceOf(SqliteException.class);
        assertThat(folder.toFile().list()).containsExactly("work.db");
    }

    @Test
    @Timeout(60)
    void aSchedulerWithThreadsTellsOfADamagedFileAndDoesNotThrow() throws Exception {
        LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (Scheduler scheduler = Scheduler.open(room.options(), new WorkListener() {
            @Override
            public void trouble(String message) {
                told.add(message);
            }
        })) {
            scheduler.enqueue(WorkRequest.of("w").withConstraint(Constraint.custom("later")));
            room.sql(NO_PAGE);
            room.flags.custom("later", true);
            assertThat(told.poll(50, TimeUnit.SECONDS)).contains("a step of the scheduler failed", "malformed");
            assertThatThrownBy(() -> scheduler.enqueue(WorkRequest.of("w"))).isInstanceOf(SqliteException.class);
        }
    }
}
