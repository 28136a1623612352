package dev.godwit.server;

import static dev.godwit.server.TestDevice.delete;
import static dev.godwit.server.TestDevice.first;
import static dev.godwit.server.TestDevice.insert;
import static dev.godwit.server.TestDevice.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Page;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pull sends, what it leaves out, and that it goes on from any page. */
class PullTest {
    private static final String SCHEMA = """
            create table job (id text primary key, team text scope not null, title text, stock integer counter not null default 0);
            """;

    @TempDir
    Path folder;

    private TestServer server;

    @BeforeEach
    void open() {
        server = new TestServer(folder.resolve("server.db"), SCHEMA);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static RowBlock job(String id, String team, String title) {
        return insert("job", "id", id, "team", team, "title", title, "stock", 0);
    }

    @Test
    void aDeviceDoesNotGetItsOwnWritesBack() {
        TestDevice a = new TestDevice(server, "ann", "red");
        a.sync();
        a.write(job("r", "red", "x"));
        a.write(update("job", "id", "r", "title", "y"));
        List<Frame> frames = a.exchange(a.request(a.pending));
        assertThat(TestDevice.all(frames, Page.class)).isEmpty();
        a.sync();
        assertThat(a.cell("job", "r", "title")).isEqualTo("'y'");
    }

    @Test
    void aColumnThatAnotherDeviceChangedInBetweenComesBack() {
        TestDevice a = new TestDevice(server, "ann", "red");
        TestDevice b = new TestDevice(server, "bob", "red");
        a.write(job("r", "red", "x"));
        a.sync();
        b.sync();
        b.write(update("job", "id", "r", "+stock", 5));
        b.sync();
        a.write(update("job", "id", "r", "+stock", 2));
        a.sync();
        assertThat(a.cell("job", "r", "stock")).isEqualTo("7");
    }

    @Test
    void nothingOfAScopeThatIsNotGrantedIsSent() {
        TestDevice blue = new TestDevice(server, "blue", "blue");
        blue.write(job("secret", "blue", "x"));
        blue.sync();
        TestDevice red = new TestDevice(server, "red", "red");
        red.pull("blue");
        List<Frame> frames = red.send();
        assertThat(first(frames, ScopeNotice.class).orElseThrow().kind()).isEqualTo(ScopeNotice.Kind.DENIED);
        assertThat(TestDevice.all(frames, Page.class)).isEmpty();
        assertThat(first(frames, Cut.class).orElseThrow().checkpoints()).containsOnlyKeys("red");
    }

    @Test
    void aDeviceThatBeginsGetsNoTombstones() {
        TestDevice a = new TestDevice(server, "ann", "red");
        a.write(job("r", "red", "x"));
        a.sync();
        a.write(delete("job", "r"));
        a.sync();
        TestDevice late = new TestDevice(server, "bob", "red");
        assertThat(TestDevice.all(late.send(), Page.class)).isEmpty();
    }

    @Test
    void aColumnThatIsNewOnTheDeviceComesFromZero() {
        TestDevice a = new TestDevice(server, "ann", "red");
        a.write(job("r", "red", "x"));
        a.sync();
        a.tables.values().forEach(rows -> rows.values().forEach(row -> row.remove("title")));
        a.fresh.add(new dev.godwit.wire.FreshColumns("job", List.of("title")));
        ScopePosition at = a.scopes.get("red");
        a.scopes.put("red", new ScopePosition("red", at.visible(), dev.godwit.wire.Cursor.NONE));
        a.sync();
        assertThat(a.cell("job", "r", "title")).isEqualTo("'x'");
    }

    /** Cut after each page in turn, the rest changed in between, and gone on from the cursor: the end is the server's state. */
    @Test
    void aPullGoesOnFromEveryPageWhateverHappensInBetween() {
        server.limits = Limits.DEFAULT.with("pageRows", 3);
        server.restart();
        TestDevice writer = new TestDevice(server, "ann", "red");
        writer.sync();
        RowBlock[] together = new RowBlock[11];
        for (int i = 0; i < together.length; i++) {
            together[i] = job("together" + i, "red", "x");
        }
        writer.write(together);
        for (int i = 0; i < 9; i++) {
            writer.write(job("single" + i, "red", "x"));
        }
        writer.sync();
        Random random = new Random(1);
        int boundaries = 0;
        for (int cutAfter = 1; cutAfter <= 7; cutAfter++) {
            TestDevice reader = new TestDevice(server, "reader" + cutAfter, "red");
            List<Page> staged = new ArrayList<>();
            List<Frame> frames = reader.send();
            while (TestDevice.all(frames, Page.class).size() > cutAfter) {
                List<Page> pages = TestDevice.all(frames, Page.class).subList(0, cutAfter);
                staged.addAll(pages);
                reader.scopes.put(
                        "red",
                        new ScopePosition(
                                "red",
                                reader.scopes.get("red").visible(),
                                pages.get(cutAfter - 1).cursor()));
                boundaries++;
                writer.write(update("job", "id", "single" + random.nextInt(9), "title", "t" + boundaries));
                writer.write(update("job", "id", "together" + random.nextInt(9), "title", "t" + boundaries));
                writer.sync();
                frames = reader.send();
            }
            staged.addAll(TestDevice.all(frames, Page.class));
            // page by page, since what is deleted on a later page may have come on an earlier one
            Cut cut = first(frames, Cut.class).orElseThrow();
            staged.forEach(
                    page -> reader.apply(List.of(), List.of(page), new Cut(List.of(), java.util.Map.of(), 0, 0)));
            reader.apply(List.of(), List.of(), cut);
            assertThat(reader.rows("job")).as("cut after page " + cutAfter).isEqualTo(writer.rows("job"));
        }
        assertThat(boundaries).isGreaterThan(7);
    }
}
