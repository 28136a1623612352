package dev.godwit.server;

import dev.godwit.model.ConflictTable;
import dev.godwit.model.Schema;
import dev.godwit.model.Value;
import dev.godwit.rows.Capture;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;

/**
 * Brings a server's file to the present format, within the transaction that opens it: all of it, or the file stays as it was.
 *
 * <p>Format 2 added the memory of merging and the inbox; format 3 keeps what is remembered of a row in fewer bytes;
 * format 4 remembers which devices are copies of others.
 */
final class StoreUpgrade {
    private final SqliteConnection connection;

    private StoreUpgrade(SqliteConnection connection) {
        this.connection = connection;
    }

    /** Does what is missing, or refuses a file that is newer. */
    static void run(SqliteConnection connection, Schema schema) {
        long format = Sql.number(connection, "select format from godwit_server");
        if (format > StoreTables.FORMAT) {
            throw new IllegalStateException("the server's file has format " + format + ", and this release knows "
                    + StoreTables.FORMAT + ": use the release that wrote it, or a newer one");
        }
        if (format < StoreTables.FORMAT) {
            StoreUpgrade upgrade = new StoreUpgrade(connection);
            if (format < 2) {
                upgrade.addMemory(schema);
            }
            if (format == 2) {
                upgrade.tellWhenRekeysAreKnown();
            }
            if (format < 3) {
                upgrade.shortenRows();
                upgrade.shortenImages();
            }
            upgrade.addFormers();
            Sql.run(connection, "update godwit_server set format = ?", Value.of(StoreTables.FORMAT));
        }
    }

    private void addMemory(Schema schema) {
        connection.execute(StoreTables.MEMORY_DDL);
        connection.execute(StoreTables.IMAGE_DDL.formatted("godwit_image"));
        connection.execute(ConflictTable.STATEMENT.sql());
        new Capture(connection, schema).install(false);
    }

    /** As if each had been made by the device's last transaction: it knows once it has confirmed that. */
    private void tellWhenRekeysAreKnown() {
        connection.execute("alter table godwit_rekey add column sequence integer not null default 0");
        connection.execute("update godwit_rekey set sequence ="
                + " coalesce((select last_sequence from godwit_device d where d.number = device), 0)");
    }

    /** Of what was applied before nobody knows where any more. */
    private void addFormers() {
        connection.execute("alter table godwit_receipt add column scope_id integer");
        connection.execute("alter table godwit_receipt add column commit_number integer");
        connection.execute(StoreTables.FORMER_DDL);
    }

    /** A new table, filled in the order of its keys. The heap holds one row; SQLite writes pages out as its cache fills. */
    private void shortenRows() {
        connection.execute(StoreTables.ROW_DDL.formatted("godwit_row_new"));
        copy(
                "select table_id, key, scope_id, commit_number, arrived, birth, deleted, cells from godwit_row"
                        + " order by table_id, key",
                "insert into godwit_row_new (table_id, key, scope_id, commit_number, cells) values (?, ?, ?, ?, ?)",
                (from, to) -> {
                    to.bindLong(1, from.columnLong(0));
                    to.bindBlob(2, from.columnBlob(1));
                    to.bindLong(3, from.columnLong(2));
                    to.bindLong(4, from.columnLong(3));
                    to.bindBlob(5, CellGroups.encode(from.columnLong(3), FormatTwo.row(from, 3)));
                });
        replace("godwit_row");
        connection.execute(StoreTables.ROW_LOG_DDL);
    }

    private void shortenImages() {
        connection.execute(StoreTables.IMAGE_DDL.formatted("godwit_image_new"));
        copy(
                "select table_id, key, commit_number, row, cells from godwit_image order by table_id, key",
                "insert into godwit_image_new (table_id, key, commit_number, row, cells) values (?, ?, ?, ?, ?)",
                (from, to) -> {
                    long commit = from.columnLong(2);
                    to.bindLong(1, from.columnLong(0));
                    to.bindBlob(2, from.columnBlob(1));
                    to.bindLong(3, commit);
                    to.bindBlob(4, from.columnBlob(3));
                    to.bindBlob(
                            5,
                            CellGroups.encode(commit, CellGroups.Row.of(FormatTwo.cells(commit, from.columnBlob(4)))));
                });
        replace("godwit_image");
    }

    /** Binds what a new row holds, from the old one. */
    private interface Conversion {
        void bind(SqliteStatement from, SqliteStatement to);
    }

    private void copy(String select, String insert, Conversion conversion) {
        try (SqliteStatement from = connection.prepare(select);
                SqliteStatement to = connection.prepare(insert)) {
            while (from.step()) {
                conversion.bind(from, to);
                SqliteStatements.run(to);
            }
        }
    }

    /** Puts the new table in the old one's place. Views of the operator's that name it are left as they are, whatever they name. */
    private void replace(String table) {
        connection.execute("drop table " + table);
        connection.execute("pragma legacy_alter_table = on");
        connection.execute("alter table " + table + "_new rename to " + table);
        connection.execute("pragma legacy_alter_table = off");
    }
}
