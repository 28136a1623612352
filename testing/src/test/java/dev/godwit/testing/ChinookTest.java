package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.schema.StartingSchema;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that nobody here made: 11 tables, 15,607 rows, integer and composite keys, foreign keys, a self-reference. */
class ChinookTest {
    @TempDir
    Path folder;

    private static Path sample() {
        Path sample =
                Path.of("../../shared/data/chinook.sqlite").toAbsolutePath().normalize();
        if (!Files.exists(sample)) {
            System.out.println(
                    "SKIPPED: ChinookTest needs shared/data/chinook.sqlite beside the project, and it is not there");
        }
        assumeTrue(Files.exists(sample), "no sample database");
        return sample;
    }

    @Test
    void attachedDatabaseEndsEqualOnTwoDevicesAndTheServer() throws IOException {
        Path sample = sample();
        Path fleetFolder = Files.createDirectories(folder.resolve("fleet"));
        Files.copy(sample, fleetFolder.resolve("a.db"));
        String schema;
        try (SqliteConnection connection =
                Fleet.DRIVER.open(SqliteOptions.of(sample.toString()).reading())) {
            schema = StartingSchema.of(connection);
        }
        try (Fleet fleet = new Fleet(fleetFolder, schema)) {
            Fleet.Member a = fleet.device("a");
            assertThat(a.db.schema().tables()).as("its own, and the inbox").hasSize(12);
            a.synced();
            Fleet.Member b = fleet.device("b");
            b.synced();
            compare(fleet, a, b, 15_607);
            a.run("update Artist set Name = 'by a' where ArtistId = 1");
            a.run("insert into Genre values (100, 'by a')");
            a.run("delete from PlaylistTrack where PlaylistId = 1 and TrackId < 100");
            b.run("update Artist set Name = 'by b' where ArtistId = 2");
            b.run("update Employee set ReportsTo = 1 where EmployeeId = 3");
            fleet.operator("update Album set Title = 'by hand' where AlbumId = 3");
            for (Fleet.Member member : List.of(a, b, a)) {
                member.synced();
            }
            compare(fleet, a, b, 15_608 - 99);
            assertThat(b.one("select Name from Artist where ArtistId = 1")).isEqualTo("by a");
            assertThat(a.one("select Title from Album where AlbumId = 3")).isEqualTo("by hand");
        }
    }

    private static void compare(Fleet fleet, Fleet.Member a, Fleet.Member b, int expected) {
        int rows = 0;
        for (var table : a.db.schema().tables()) {
            String sql = "select * from \"" + table.name() + "\" order by 1, 2";
            List<String> server = fleet.onServer(sql);
            assertThat(a.all(sql)).as(table.name()).isEqualTo(server);
            assertThat(b.all(sql)).as(table.name()).isEqualTo(server);
            rows += server.size();
        }
        assertThat(rows).isGreaterThan(expected - 60).isLessThanOrEqualTo(expected + 60);
    }
}
