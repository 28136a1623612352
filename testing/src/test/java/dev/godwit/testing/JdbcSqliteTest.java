package dev.godwit.testing;

import dev.godwit.sql.SqliteDriver;
import org.junit.jupiter.api.Nested;

/** The contract of {@code sql}, held by {@code jdbc}. */
class JdbcSqliteTest {
    @Nested
    class KeepsValues extends SqliteValueContract {
        @Override
        protected SqliteDriver driver() {
            return Fleet.DRIVER;
        }
    }

    @Nested
    class Runs extends SqliteStatementContract {
        @Override
        protected SqliteDriver driver() {
            return Fleet.DRIVER;
        }
    }

    @Nested
    class Fails extends SqliteErrorContract {
        @Override
        protected SqliteDriver driver() {
            return Fleet.DRIVER;
        }
    }
}
