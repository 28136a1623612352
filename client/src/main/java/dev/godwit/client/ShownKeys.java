package dev.godwit.client;

import dev.godwit.model.Key;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import dev.godwit.rows.RowWrites.Place;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.HashMap;
import java.util.Map;

/**
 * The rows of {@code godwit_shown}: which rows the application sees under a key that they do not have any more, between the news
 * of that and the cut that brings the rows. Empty at all other times. Not safe for use by two threads.
 */
final class ShownKeys {
    private final SqliteConnection connection;

    ShownKeys(SqliteConnection connection) {
        this.connection = connection;
    }

    boolean any() {
        return Sql.number(connection, "select exists (select 1 from godwit_shown)") != 0;
    }

    /** What would look for the rows of a transaction by the keys that they have would find others. */
    static GodwitException notYet(TransactionId id, String wanted) {
        return new GodwitException(
                GodwitException.Kind.REQUEST,
                "transaction " + id + " cannot be " + wanted
                        + " just now: the server has given rows other keys, and the"
                        + " rows have not come yet: sync first");
    }

    /** The keys of these rows, by the place where each is shown. */
    Map<Place, Key> all() {
        Map<Place, Key> keys = new HashMap<>();
        try (SqliteStatement row = connection.prepare("select tbl, shown, key from godwit_shown")) {
            while (row.step()) {
                Place shown = new Place(row.columnText(0), KeyCodec.decode(row.columnBlob(1)));
                keys.put(shown, KeyCodec.decode(row.columnBlob(2)));
            }
        }
        return keys;
    }

    /** The other way round: by what a row is called, the key under which it is shown. */
    Map<Place, Key> shown() {
        Map<Place, Key> shown = new HashMap<>();
        all().forEach((place, key) -> shown.put(new Place(place.table(), key), place.key()));
        return shown;
    }

    /** Notes which key a row has. */
    void put(Place shown, Key key) {
        Sql.run(
                connection,
                "insert or replace into godwit_shown (tbl, shown, key) values (?, ?, ?)",
                Value.of(shown.table()),
                Value.of(KeyCodec.encode(shown.key())),
                Value.of(KeyCodec.encode(key)));
    }
}
