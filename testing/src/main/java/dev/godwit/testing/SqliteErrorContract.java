package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteOptions.Durability;
import dev.godwit.sql.SqliteStatement;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of {@code sql} does when something fails, ends, or is opened in another way. */
public abstract class SqliteErrorContract {
    @TempDir
    Path folder;

    /** The driver under test. */
    protected abstract SqliteDriver driver();

    private SqliteConnection open(String name) {
        return driver().open(SqliteOptions.of(path(name)));
    }

    private SqliteConnection impatient(String name) {
        return driver().open(new SqliteOptions(path(name), false, true, Durability.NORMAL, 0));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static SqliteException failure(ThrowingCallable call) {
        SqliteException failure = catchThrowableOfType(SqliteException.class, call);
        assertThat(failure).as("a SqliteException").isNotNull();
        assertThat(failure.getMessage()).isNotBlank();
        return failure;
    }

    private static String one(SqliteConnection connection, String sql) {
        try (SqliteStatement select = connection.prepare(sql)) {
            return select.step() ? select.columnText(0) : "none";
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    insert into t (id, n) values (2, 11)                  | CONSTRAINT_CHECK      | CHECK constraint failed: small
                    insert into t (id, n) values (2, null)                | CONSTRAINT_NOTNULL    | NOT NULL constraint failed: t.n
                    insert into t (id, n, u) values (2, 1, 'u')           | CONSTRAINT_UNIQUE     | UNIQUE constraint failed: t.u
                    insert into t (id, n) values (1, 1)                   | CONSTRAINT_PRIMARYKEY | UNIQUE constraint failed: t.id
                    insert into k values ('k')                            | CONSTRAINT_PRIMARYKEY | UNIQUE constraint failed: k.id
                    insert into t (id, n, up) values (2, 1, 99)           | CONSTRAINT_FOREIGNKEY | FOREIGN KEY constraint failed
                    delete from t where id = 1                            | CONSTRAINT_TRIGGER    | not this one (it stays)
                    insert into s values ('no number')                    | CONSTRAINT_DATATYPE   | cannot store TEXT value in INTEGER column s.n
                    insert into t (id, n) values ('no number', 1)         | CONSTRAINT_OTHER      | datatype mismatch
                    """)
    void brokenConstraintIsNamedByItsKind(String sql, SqliteCode code, String message) {
        try (SqliteConnection db = open("a.db")) {
            db.execute("""
                    create table t (id integer primary key, n integer not null constraint small check (n < 10), u text unique,
                      up integer references t);
                    create table k (id text primary key); create table s (n integer) strict;
                    create trigger stays before delete on t begin select raise(abort, 'not this one (it stays)'); end;
                    insert into t (id, n, u) values (1, 1, 'u'); insert into k values ('k');
                    """);
            SqliteException executed = failure(() -> db.execute(sql));
            assertThat(executed.code()).isEqualTo(code);
            assertThat(executed).hasMessage(message);
            assertThat(code.isConstraint()).isTrue();
            assertThat(executed.retryable()).isFalse();
            try (SqliteStatement statement = db.prepare(sql)) {
                SqliteException stepped = failure(statement::step);
                assertThat(stepped.code()).isEqualTo(code);
                assertThat(stepped).hasMessage(message);
            }
        }
    }

    @Test
    void deferredReferenceFailsAtTheCommitAndLeavesTheTransactionOpen() {
        try (SqliteConnection db = open("a.db")) {
            db.execute(
                    "create table t (id integer primary key, up integer references t deferrable initially deferred)");
            db.execute("begin; insert into t values (1, 2)");
            assertThat(failure(() -> db.execute("commit")).code()).isEqualTo(SqliteCode.CONSTRAINT_FOREIGNKEY);
            assertThat(db.inTransaction()).isTrue();
            db.execute("insert into t values (2, null); commit");
            assertThat(one(db, "select count(*) from t")).isEqualTo("2");
        }
    }

    @Test
    void sqlThatDoesNotCompileFailsWhenItIsPrepared() {
        try (SqliteConnection db = open("a.db")) {
            SqliteException syntax = failure(() -> db.prepare("selec 1"));
            assertThat(syntax.code()).isEqualTo(SqliteCode.ERROR);
            assertThat(syntax).hasMessage("near \"selec\": syntax error");
            assertThat(syntax.retryable()).isFalse();
            assertThat(failure(() -> db.prepare("select * from absent"))).hasMessage("no such table: absent");
            assertThat(failure(() -> db.execute("selec 1"))).hasMessage("near \"selec\": syntax error");
            assertThat(failure(() -> db.execute("select abs(-9223372036854775808)"))
                            .code())
                    .isEqualTo(SqliteCode.ERROR);
        }
    }

    @Test
    void secondWriterIsBusyAndMayTryAgain() {
        try (SqliteConnection first = impatient("a.db");
                SqliteConnection second = impatient("a.db")) {
            first.execute("create table t (x); begin immediate; insert into t values (1)");
            SqliteException busy = failure(() -> second.execute("insert into t values (2)"));
            assertThat(busy.code()).isEqualTo(SqliteCode.BUSY);
            assertThat(busy.retryable()).isTrue();
            assertThat(failure(() -> second.execute("begin immediate")).code()).isEqualTo(SqliteCode.BUSY);
            assertThat(second.inTransaction()).isFalse();
            assertThat(one(second, "select count(*) from t"))
                    .as("readers do not wait")
                    .isEqualTo("0");
            first.execute("commit");
            second.execute("insert into t values (2)");
            assertThat(one(first, "select count(*) from t")).isEqualTo("2");
        }
    }

    @Test
    void writeOnAnOldSnapshotIsBusy() {
        try (SqliteConnection first = impatient("a.db");
                SqliteConnection second = impatient("a.db")) {
            first.execute("create table t (x)");
            second.execute("begin");
            assertThat(one(second, "select count(*) from t")).isEqualTo("0");
            first.execute("insert into t values (1)");
            assertThat(failure(() -> second.execute("insert into t values (2)")).code())
                    .isEqualTo(SqliteCode.BUSY);
            second.execute("rollback; insert into t values (2)");
            assertThat(one(first, "select count(*) from t")).isEqualTo("2");
        }
    }

    @Test
    void fileThatIsNoDatabaseCannotBeOpened() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "no database at all, only many words. ".repeat(50));
        assertThat(failure(() -> open("notes.txt")).code()).isEqualTo(SqliteCode.NOTADB);
        assertThat(failure(() -> driver().open(SqliteOptions.of(text.toString()).reading()))
                        .code())
                .isEqualTo(SqliteCode.NOTADB);
        assertThat(Files.readString(text)).startsWith("no database at all").hasSize(37 * 50);
    }

    @Test
    void fileThatCannotBeThereIsRefusedWithItsPath() {
        SqliteException nowhere = failure(() -> open("no/such/folder/a.db"));
        assertThat(nowhere.code()).isEqualTo(SqliteCode.CANTOPEN);
        assertThat(nowhere.getMessage()).contains(path("no/such/folder/a.db"));
        assertThat(failure(() -> driver().open(
                                        SqliteOptions.of(path("absent.db")).reading()))
                        .code())
                .isEqualTo(SqliteCode.CANTOPEN);
        assertThat(folder.resolve("absent.db")).doesNotExist();
    }

    @Test
    void damagedPageIsReportedAsCorrupt() throws IOException {
        try (SqliteConnection db = open("a.db")) {
            db.execute("create table t (x); insert into t values (randomblob(20000))");
            db.execute("insert into t select x from t; insert into t select x from t; pragma wal_checkpoint(truncate)");
        }
        try (RandomAccessFile file = new RandomAccessFile(path("a.db"), "rw")) {
            for (long page = 4096; page < file.length(); page += 4096) {
                file.seek(page);
                file.write(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
            }
        }
        try (SqliteConnection db = open("a.db")) {
            SqliteException corrupt = failure(() -> one(db, "select sum(length(hex(x))) from t"));
            assertThat(corrupt.code()).isEqualTo(SqliteCode.CORRUPT);
            assertThat(corrupt.retryable()).isFalse();
        }
    }

    @Test
    void fullDatabaseIsReportedAndTheTransactionTakenBack() {
        try (SqliteConnection db = open("a.db")) {
            db.execute("create table t (x); pragma max_page_count = 20");
            SqliteException full = failure(() -> db.execute("insert into t values (zeroblob(200000))"));
            assertThat(full.code()).isEqualTo(SqliteCode.FULL);
            assertThat(full.retryable()).as("once there is room").isTrue();
            assertThat(one(db, "select count(*) from t")).isEqualTo("0");
            db.execute("pragma max_page_count = 1000; insert into t values (zeroblob(200000))");
            assertThat(one(db, "select length(x) from t")).isEqualTo("200000");
        }
    }

    @Test
    void readerCannotWrite() {
        open("a.db").close();
        try (SqliteConnection reader =
                driver().open(SqliteOptions.of(path("a.db")).reading())) {
            SqliteException refused = failure(() -> reader.execute("create table t (x)"));
            assertThat(refused.code()).isEqualTo(SqliteCode.READONLY);
            assertThat(refused.retryable()).isFalse();
        }
    }

    @Test
    void interruptEndsARunningStatementFromAnotherThread() {
        try (SqliteConnection db = open("a.db")) {
            CompletableFuture<SqliteException> running = CompletableFuture.supplyAsync(() -> failure(() ->
                    one(db, "with recursive n (i) as (select 1 union all select i + 1 from n) select max(i) from n")));
            while (!running.isDone()) {
                db.interrupt();
                Thread.onSpinWait();
            }
            SqliteException interrupted = running.join();
            assertThat(interrupted.code()).isEqualTo(SqliteCode.INTERRUPT);
            assertThat(interrupted).hasMessage("interrupted");
            assertThat(interrupted.retryable()).isTrue();
            assertThat(one(db, "select 1")).as("the connection works on").isEqualTo("1");
        }
    }

    @Test
    void closedConnectionRefusesEverythingButClosing() {
        SqliteConnection db = open("a.db");
        db.execute("create table t (x); insert into t values (1), (2)");
        SqliteStatement fresh = db.prepare("select x from t");
        SqliteStatement halfway = db.prepare("select x from t");
        assertThat(halfway.step()).isTrue();
        db.close();
        db.close();
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> db.execute("select 1"),
                () -> db.prepare("select 1"),
                db::changes,
                db::inTransaction,
                fresh::step,
                halfway::step)) {
            assertThatThrownBy(use).isInstanceOf(SqliteException.class);
        }
        fresh.close();
        halfway.close();
        try (SqliteConnection again = open("a.db")) {
            again.execute("drop table t");
        }
    }

    @Test
    void closedStatementRefusesToStepAndMayBeClosedAgain() {
        try (SqliteConnection db = open("a.db")) {
            SqliteStatement statement = db.prepare("select 1");
            assertThat(statement.step()).isTrue();
            statement.close();
            statement.close();
            assertThatThrownBy(statement::step).isInstanceOf(SqliteException.class);
        }
    }

    @Test
    void columnOfNoRowIsRefused() {
        try (SqliteConnection db = open("a.db");
                SqliteStatement statement = db.prepare("select 1")) {
            assertThatThrownBy(() -> statement.columnLong(0)).isInstanceOf(RuntimeException.class);
            assertThat(statement.step()).isTrue();
            assertThat(statement.columnLong(0)).isEqualTo(1);
            assertThatThrownBy(() -> statement.columnLong(1)).isInstanceOf(RuntimeException.class);
            assertThat(statement.columnLong(0)).isEqualTo(1);
            assertThat(statement.step()).isFalse();
            assertThatThrownBy(() -> statement.columnLong(0)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void openingSetsWhatTheOptionsSay() {
        try (SqliteConnection db = open("a.db")) {
            assertThat(one(db, "pragma foreign_keys")).isEqualTo("1");
            assertThat(one(db, "pragma recursive_triggers")).isEqualTo("1");
            assertThat(one(db, "pragma journal_mode")).isEqualTo("wal");
            assertThat(one(db, "pragma synchronous")).isEqualTo("2");
            assertThat(one(db, "pragma cache_size")).isEqualTo("-32000");
            assertThat(one(db, "pragma busy_timeout")).isEqualTo("10000");
        }
        try (SqliteConnection db = driver().open(new SqliteOptions(path("a.db"), false, false, Durability.NORMAL, 7))) {
            assertThat(one(db, "pragma foreign_keys")).isEqualTo("0");
            assertThat(one(db, "pragma synchronous")).isEqualTo("1");
            assertThat(one(db, "pragma busy_timeout")).isEqualTo("7");
        }
        try (SqliteConnection memory = driver().open(SqliteOptions.of(":memory:"));
                SqliteConnection other = driver().open(SqliteOptions.of(":memory:"))) {
            memory.execute("create table t (x)");
            assertThat(one(memory, "pragma journal_mode")).isEqualTo("memory");
            assertThat(one(other, "select count(*) from sqlite_master")).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with space.db",
                "naïve \uD83D\uDC26.db",
                "100%25.db",
                "a#b.db",
                "what?.db",
                "a?b=c.db",
                "it's.db",
                "file:x.db"
            })
    void pathIsTakenAsItIs(String name) throws IOException {
        String path = folder.resolve("f").resolve(name).toString();
        Files.createDirectories(folder.resolve("f"));
        try (SqliteConnection db = driver().open(SqliteOptions.of(path))) {
            db.execute("create table t (x); pragma wal_checkpoint(truncate)");
        }
        try (SqliteConnection db = driver().open(SqliteOptions.of(path).reading())) {
            assertThat(one(db, "select name from sqlite_master")).isEqualTo("t");
        }
        try (var files = Files.list(folder.resolve("f"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(file -> !file.endsWith("-shm") && !file.endsWith("-wal")))
                    .containsExactly(name);
        }
    }
}
