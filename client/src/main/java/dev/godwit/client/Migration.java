package dev.godwit.client;

import dev.godwit.model.Column;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Capture;
import dev.godwit.rows.Sql;
import dev.godwit.schema.SchemaChange;
import dev.godwit.schema.SchemaException;
import dev.godwit.sql.SqliteConnection;
import java.util.List;
import java.util.Map;

/**
 * Follows a schema that has grown, in a database that may hold pending work: nothing of it is touched but the base images,
 * which get the new columns with their defaults.
 */
final class Migration {
    private final SqliteConnection connection;
    private final GodwitOptions options;
    private final Schema old;

    Migration(SqliteConnection connection, GodwitOptions options, Schema old) {
        this.connection = connection;
        this.options = options;
        this.old = old;
    }

    Schema to(Schema wanted) {
        SchemaChange change;
        try {
            change = SchemaChange.between(old, wanted);
        } catch (SchemaException e) {
            throw new GodwitException(GodwitException.Kind.SCHEMA, String.valueOf(e.getMessage()), e);
        }
        LocalSession before = new LocalSession(connection, old);
        new Sealer(before, options.device(), options.limits()).seal(false);
        change.statements().forEach(connection::execute);
        change.newTables().forEach(table -> connection.execute(BaseImages.ddl(table)));
        change.newColumns()
                .forEach((table, columns) -> extendBases(wanted.table(table).orElseThrow(), columns));
        new Capture(connection, wanted).install(true);
        markFresh(change);
        Sql.run(connection, "update godwit_schema set text = ?", Value.of(wanted.text()));
        new LocalState(connection).dropStage();
        return wanted;
    }

    private void extendBases(Table table, List<Column> added) {
        int first = table.columns().size() - added.size();
        for (int i = 0; i < added.size(); i++) {
            String column = "c" + (first + i);
            String name = added.get(i).name();
            connection.execute("alter table " + BaseImages.name(table) + " add column " + column);
            String fallback = Sql.rows(
                            connection,
                            "select coalesce(dflt_value, 'null') from pragma_table_info(?) where name = ? collate nocase",
                            Value.of(table.name()),
                            Value.of(name))
                    .get(0)[0]
                    .asText();
            connection.execute(
                    "update " + BaseImages.name(table) + " set " + column + " = (" + fallback + ") where present");
        }
    }

    /** What is new here was perhaps on the server for long: it is pulled from zero (H7c). */
    private void markFresh(SchemaChange change) {
        for (Table table : change.newTables()) {
            table.columns().forEach(column -> markFresh(table.name(), column));
        }
        for (Map.Entry<String, List<Column>> columns : change.newColumns().entrySet()) {
            columns.getValue().forEach(column -> markFresh(columns.getKey(), column));
        }
    }

    private void markFresh(String table, Column column) {
        Sql.run(
                connection,
                "insert or ignore into godwit_fresh (tbl, col) values (?, ?)",
                Value.of(table),
                Value.of(column.name()));
    }
}
