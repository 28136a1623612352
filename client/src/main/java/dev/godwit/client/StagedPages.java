package dev.godwit.client;

import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import dev.godwit.wire.Page;
import dev.godwit.wire.SyncCodec;
import java.util.function.Consumer;

/** The rows of {@code godwit_stage}: pages that have come and wait for their cut. */
final class StagedPages {
    private final SqliteConnection connection;
    private final Limits limits;

    StagedPages(SqliteConnection connection, Limits limits) {
        this.connection = connection;
        this.limits = limits;
    }

    void append(Page page) {
        Sql.run(connection, "insert into godwit_stage (frame) values (?)", Value.of(SyncCodec.encodeFrame(page)));
    }

    boolean any() {
        return Sql.number(connection, "select exists (select 1 from godwit_stage)") != 0;
    }

    /** Shows every page in the order in which it came. */
    void forEach(Consumer<Page> visitor) {
        try (SqliteStatement staged =
                connection.prepare("select frame from godwit_stage where page > ? order by page limit 1")) {
            for (long page = 0; ; page++) {
                staged.bindLong(1, page);
                if (!staged.step()) {
                    return;
                }
                visitor.accept((Page) SyncCodec.decodeFrame(staged.columnBlob(0), limits));
                staged.reset();
            }
        }
    }
}
