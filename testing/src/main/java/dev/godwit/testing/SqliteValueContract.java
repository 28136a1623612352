package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every implementation of {@code sql} does with values. A driver's test extends this and gives the driver, and the same
 * for {@link SqliteStatementContract} and {@link SqliteErrorContract}.
 */
public abstract class SqliteValueContract {
    @TempDir
    Path folder;

    private SqliteConnection db;

    /** The driver under test. */
    protected abstract SqliteDriver driver();

    @BeforeEach
    void open() {
        db = driver().open(SqliteOptions.of(file()));
        db.execute("create table kept (x); create table item (id integer primary key, name text unique)");
    }

    @AfterEach
    void close() {
        db.close();
    }

    private String file() {
        return folder.resolve("contract.db").toString();
    }

    /** Stores one value in a column without affinity. */
    private void keep(Consumer<SqliteStatement> binding) {
        try (SqliteStatement insert = db.prepare("insert into kept (x) values (?)")) {
            binding.accept(insert);
            assertThat(insert.step()).isFalse();
        }
    }

    /** Reads the value that was kept last, and what SQLite itself says about it. */
    private void kept(String typeof, SqliteStatement.Type type, Consumer<SqliteStatement> reader) {
        String sql = "select x, typeof(x), hex(cast(x as blob)) from kept order by rowid desc limit 1";
        try (SqliteStatement select = db.prepare(sql)) {
            assertThat(select.step()).isTrue();
            assertThat(select.columnText(1)).isEqualTo(typeof);
            assertThat(select.columnType(0)).isEqualTo(type);
            reader.accept(select);
            assertThat(select.step()).isFalse();
        }
    }

    @Test
    void nullIsNullWhicheverWayItIsRead() {
        keep(insert -> insert.bindNull(1));
        kept("null", SqliteStatement.Type.NULL, row -> {
            assertThat(row.columnLong(0)).isZero();
            assertThat(row.columnDouble(0)).isZero();
            assertThat(row.columnText(0)).isEmpty();
            assertThat(row.columnBlob(0)).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, -1, 127, 128, 0x7fff_ffffL, 0x8000_0000L, -0x8000_0001L, Long.MAX_VALUE, Long.MIN_VALUE})
    void integerComesBack(long value) {
        keep(insert -> insert.bindLong(1, value));
        kept("integer", SqliteStatement.Type.INTEGER, row -> {
            assertThat(row.columnLong(0)).isEqualTo(value);
            assertThat(row.columnText(0)).isEqualTo(Long.toString(value));
        });
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0.0,
                1.0,
                0.1 + 0.2,
                -1e300,
                9007199254740994.0,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY
            })
    void realComesBackToTheLastBit(double value) {
        keep(insert -> insert.bindDouble(1, value));
        kept(
                "real",
                SqliteStatement.Type.REAL,
                row -> assertThat(Double.doubleToRawLongBits(row.columnDouble(0)))
                        .isEqualTo(Double.doubleToRawLongBits(value)));
    }

    @Test
    void realThatIsNoNumberBecomesNull() {
        keep(insert -> insert.bindDouble(1, Double.NaN));
        kept(
                "null",
                SqliteStatement.Type.NULL,
                row -> assertThat(row.columnDouble(0)).isZero());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "plain",
                "it's \"quoted\"",
                "a\0b",
                "\0",
                "\0\0 end\0",
                "\uD83D\uDC26 flies",
                "\uDBFF\uDFFF\uD800\uDC00",
                "e\u0301 \u00e9",
                "\uFEFFmark\uFFFF\uFFFD",
                "12",
                "line\r\nend\u2028"
            })
    void textComesBackAndIsUtf8InTheFile(String value) {
        keep(insert -> insert.bindText(1, value));
        kept("text", SqliteStatement.Type.TEXT, row -> {
            assertThat(row.columnText(0)).isEqualTo(value);
            assertThat(row.columnText(2))
                    .isEqualTo(HexFormat.of()
                            .formatHex(value.getBytes(StandardCharsets.UTF_8))
                            .toUpperCase(Locale.ROOT));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\uD83D", "\uDC26", "ab\uD83Dcd", "\uDC26\uD83D", "\uD83D\uDC26\uD83D", "\uD83D\uD83D\uDC26"})
    void halfACharacterIsRefusedAndNothingIsKeptOfIt(String value) {
        try (SqliteStatement insert = db.prepare("insert into kept (x) values (?)")) {
            insert.bindText(1, "before");
            assertThatThrownBy(() -> insert.bindText(1, value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("surrogate");
            insert.step();
        }
        kept(
                "text",
                SqliteStatement.Type.TEXT,
                row -> assertThat(row.columnText(0)).isEqualTo("before"));
    }

    @Test
    void blobComesBackAndAnEmptyOneIsNotNull() {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        for (byte[] value : List.of(new byte[0], new byte[1], every)) {
            keep(insert -> insert.bindBlob(1, value));
            kept(
                    "blob",
                    SqliteStatement.Type.BLOB,
                    row -> assertThat(row.columnBlob(0)).isEqualTo(value));
        }
    }

    @Test
    void largeValuesComeBack() {
        String text = "\uD83D\uDC26-".repeat(300_000);
        byte[] blob = new byte[3_000_000];
        blob[blob.length - 1] = 7;
        keep(insert -> insert.bindText(1, text));
        kept(
                "text",
                SqliteStatement.Type.TEXT,
                row -> assertThat(row.columnText(0).equals(text)).isTrue());
        keep(insert -> insert.bindBlob(1, blob));
        kept(
                "blob",
                SqliteStatement.Type.BLOB,
                row -> assertThat(row.columnBlob(0)).isEqualTo(blob));
    }

    @Test
    void columnsAreReadInAnyOrderAndAgain() {
        try (SqliteStatement select =
                db.prepare("select 1 as one, 'two' as \"the second\", null, x'04', 0.5 from item")) {
            assertThat(select.columnCount()).isEqualTo(5);
            assertThat(select.columnName(0)).isEqualTo("one");
            assertThat(select.columnName(1)).isEqualTo("the second");
            assertThat(select.step()).as("no item yet").isFalse();
            db.execute("insert into item values (1, 'a'), (2, 'b')");
            select.reset();
            for (int row = 0; row < 2; row++) {
                assertThat(select.step()).isTrue();
                assertThat(select.columnDouble(4)).isEqualTo(0.5);
                assertThat(select.columnText(1)).isEqualTo("two");
                assertThat(select.columnLong(0)).isEqualTo(1);
                assertThat(select.columnText(1)).isEqualTo("two");
                assertThat(select.columnType(2)).isEqualTo(SqliteStatement.Type.NULL);
                assertThat(select.columnBlob(3)).containsExactly(4);
            }
            assertThat(select.step()).isFalse();
        }
    }

    @Test
    void valueOfTheNextRowIsNotThatOfTheLast() {
        db.execute("insert into item values (1, 'a'), (2, null), (3, 'c')");
        try (SqliteStatement select = db.prepare("select name from item order by id")) {
            List<String> seen = new ArrayList<>();
            while (select.step()) {
                seen.add(select.columnType(0) + select.columnText(0));
            }
            assertThat(seen).containsExactly("TEXTa", "NULL", "TEXTc");
        }
    }
}
