package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.BackgroundSyncable;
import dev.godwit.client.Godwit;
import dev.godwit.client.ObjectSync;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application with a store of its own exchanges its objects with a table that syncs. */
class ObjectSyncTest {
    private static final String SCHEMA = """
            create table note (id text primary key, team text scope not null, title text, stars integer counter not null default 0);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;
    private Shelf shelf;
    private ObjectSync<Note> notes;

    record Note(String id, String team, @Nullable String title, long stars) {}

    /** The application: keeps notes in a map, knows which it has changed, and joins titles that clash. */
    private static final class Shelf implements BackgroundSyncable<Note> {
        final Map<String, Note> store = new TreeMap<>();
        final Map<String, Note> changed = new TreeMap<>();
        final List<String> log = new ArrayList<>();

        @Nullable
        Runnable meanwhile;

        boolean refusesToTake;

        void edit(Note note) {
            store.put(note.id(), note);
            changed.put(note.id(), note);
        }

        @Override
        public SyncResult<Note> synchronize(List<Note> localChanges, List<Note> remoteChanges) {
            log.add(localChanges.size() + " local, " + remoteChanges.size() + " remote");
            Map<String, Note> toSend = new TreeMap<>();
            localChanges.forEach(note -> toSend.put(note.id(), note));
            List<Note> applied = new ArrayList<>();
            List<Collision<Note>> conflicts = new ArrayList<>();
            for (Note remote : remoteChanges) {
                Note local = toSend.remove(remote.id());
                if (local != null) {
                    conflicts.add(new Collision<>(local, remote));
                } else if (!refusesToTake) {
                    store.put(remote.id(), remote);
                    applied.add(remote);
                }
            }
            Runnable action = meanwhile;
            meanwhile = null;
            if (action != null) {
                action.run();
            }
            return new SyncResult<>(applied, List.copyOf(toSend.values()), conflicts);
        }

        @Override
        public Note resolveConflicts(Note local, Note remote) {
            Note both = new Note(local.id(), local.team(), local.title() + "&" + remote.title(), remote.stars());
            store.put(both.id(), both);
            return both;
        }

        @Override
        public void removed(List<Note> objects) {
            objects.forEach(note -> log.add("removed " + note.title()));
            objects.forEach(note -> store.remove(note.id()));
        }
    }

    @BeforeEach
    void anApplicationOnAAndPlainSqlOnB() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        shelf = new Shelf();
        notes = new ObjectSync<>(a.db, Note.class, "Note", shelf);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private ObjectSync.Exchange<Note> exchange() {
        a.synced();
        ObjectSync.Exchange<Note> exchange = notes.synchronize(List.copyOf(shelf.changed.values()));
        shelf.changed.clear();
        a.synced();
        b.synced();
        return exchange;
    }

    private void sameEverywhere(String... expected) {
        String sql = "select id, title, stars from note order by id";
        assertThat(shelf.store.values().stream().map(n -> "['" + n.id() + "', '" + n.title() + "', " + n.stars() + "]"))
                .as("in the application")
                .containsExactly(expected);
        assertThat(a.all(sql)).as("on a").containsExactly(expected);
        assertThat(b.all(sql)).as("on b").containsExactly(expected);
    }

    @Test
    void changesTravelBothWaysAndEachOnce() {
        shelf.edit(new Note("1", "red", "ours", 0));
        b.run("insert into note (id, team, title) values ('2', 'red', 'theirs')");
        b.synced();
        ObjectSync.Exchange<Note> exchange = exchange();
        assertThat(exchange.commit().id()).isPresent();
        sameEverywhere("['1', 'ours', 0]", "['2', 'theirs', 0]");
        assertThat(exchange().commit().id()).as("nothing has changed").isEmpty();
        assertThat(shelf.log).containsExactly("1 local, 1 remote", "0 local, 0 remote");
    }

    @Test
    void whatChangedOnBothSidesIsDecidedByTheApplication() {
        shelf.edit(new Note("1", "red", "t", 0));
        exchange();
        shelf.edit(new Note("1", "red", "ours", 0));
        b.run("update note set title = 'theirs', stars = stars + 3");
        b.synced();
        ObjectSync.Exchange<Note> exchange = exchange();
        assertThat(exchange.resolved()).containsExactly(new Note("1", "red", "ours&theirs", 3));
        sameEverywhere("['1', 'ours&theirs', 3]");
        exchange();
        assertThat(shelf.log).endsWith("1 local, 1 remote", "0 local, 0 remote");
    }

    @Test
    void deletionsTravelBothWays() {
        shelf.edit(new Note("1", "red", "one", 0));
        shelf.edit(new Note("2", "red", "two", 0));
        exchange();
        b.run("delete from note where id = '1'");
        b.synced();
        exchange();
        sameEverywhere("['2', 'two', 0]");
        assertThat(shelf.log).contains("removed one");
        shelf.store.remove("2");
        notes.remove(List.of("2"));
        exchange();
        sameEverywhere();
        assertThat(shelf.log).as("its own deletion is no news to it").doesNotContain("removed two");
    }

    @Test
    void whatTheApplicationDoesNotTakeIsGivenAgain() {
        b.run("insert into note (id, team, title) values ('2', 'red', null)");
        b.synced();
        shelf.refusesToTake = true;
        exchange();
        shelf.refusesToTake = false;
        exchange();
        exchange();
        assertThat(shelf.store.get("2")).isEqualTo(new Note("2", "red", null, 0));
        assertThat(shelf.log).containsExactly("0 local, 1 remote", "0 local, 1 remote", "0 local, 0 remote");
    }

    @Test
    void whatWasSeenIsRememberedWhenTheApplicationStartsAgain() {
        shelf.edit(new Note("1", "red", "one", 0));
        exchange();
        a.reopen(null);
        notes = new ObjectSync<>(a.db, Note.class, "note", shelf);
        b.run("update note set title = 'uno'");
        b.synced();
        exchange();
        exchange();
        assertThat(shelf.log).containsExactly("1 local, 0 remote", "0 local, 1 remote", "0 local, 0 remote");
        sameEverywhere("['1', 'uno', 0]");
    }

    @Test
    void aRowThatChangesMeanwhileIsNotOverwritten() {
        shelf.edit(new Note("1", "red", "t", 0));
        exchange();
        shelf.edit(new Note("1", "red", "ours", 0));
        shelf.meanwhile = () -> {
            b.run("update note set title = 'theirs'");
            b.synced();
            a.synced();
        };
        exchange();
        sameEverywhere("['1', 'ours&theirs', 0]");
        assertThat(shelf.log).endsWith("1 local, 0 remote", "1 local, 1 remote");
    }

    @Test
    void aFailureOfTheApplicationWritesNothing() {
        b.run("insert into note (id, team, title) values ('2', 'red', 'theirs')");
        b.synced();
        a.synced();
        shelf.edit(new Note("1", "red", "ours", 0));
        shelf.meanwhile = () -> {
            throw new IllegalStateException("the shelf fell down");
        };
        assertThatThrownBy(() -> notes.synchronize(List.copyOf(shelf.changed.values())))
                .hasMessage("the shelf fell down");
        assertThat(a.db.outbox()).isEmpty();
        exchange();
        assertThat(shelf.log).as("both are given again").containsExactly("1 local, 1 remote", "1 local, 1 remote");
        sameEverywhere("['1', 'ours', 0]", "['2', 'theirs', 0]");
    }

    record Untitled(String id, String team) {}

    record Titled(String title, String id) {}

    private static class Taker<T> implements BackgroundSyncable<T> {
        final List<T> taken = new ArrayList<>();

        @Override
        public SyncResult<T> synchronize(List<T> localChanges, List<T> remoteChanges) {
            taken.addAll(remoteChanges);
            return new SyncResult<>(remoteChanges, localChanges, List.of());
        }

        @Override
        public T resolveConflicts(T local, T remote) {
            return local;
        }
    }

    @Test
    void aRecordWithOtherComponentsSeesEveryRowAnew() {
        shelf.edit(new Note("1", "red", "one", 0));
        exchange();
        Taker<Untitled> taker = new Taker<>();
        ObjectSync<Untitled> untitled = new ObjectSync<>(a.db, Untitled.class, "note", taker);
        untitled.synchronize(List.of(new Untitled("2", "red")));
        untitled.synchronize(List.of());
        assertThat(taker.taken).containsExactly(new Untitled("1", "red"));
        assertThat(a.all("select id, title from note order by id")).containsExactly("['1', 'one']", "['2', NULL]");
    }

    @Test
    void mistakesAreNamed() {
        Godwit db = a.db;
        assertThatThrownBy(() -> new ObjectSync<>(db, Note.class, "nota", shelf))
                .hasMessageContaining("nota");
        assertThatThrownBy(() -> new ObjectSync<>(db, Titled.class, "note", new Taker<>()))
                .hasMessageContaining("first component");
        Note stranger = new Note("9", "red", "stranger", 0);
        assertThatThrownBy(() -> new ObjectSync<>(db, Note.class, "note", new Taker<Note>() {
                            @Override
                            public SyncResult<Note> synchronize(List<Note> localChanges, List<Note> remoteChanges) {
                                return new SyncResult<>(List.of(stranger), List.of(), List.of());
                            }
                        })
                        .synchronize(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'9'");
    }
}
