package dev.godwit.client;

import dev.godwit.model.ConflictTable;
import dev.godwit.model.DeviceId;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Capture;
import dev.godwit.rows.Sql;
import dev.godwit.schema.SchemaException;
import dev.godwit.schema.SchemaReader;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes a database ready: creates what is missing, takes over tables and rows that are there, or follows a schema that has
 * grown. All in one transaction, so that a crash leaves the old state.
 */
final class Installation {
    /** Rows of an attached table that make one transaction. */
    private static final int ATTACHED_ROWS = 10_000;

    private final SqliteConnection connection;
    private final GodwitOptions options;

    Installation(SqliteConnection connection, GodwitOptions options) {
        this.connection = connection;
        this.options = options;
    }

    /** Returns the schema in force. */
    Schema run() {
        SqliteLog.settle(connection);
        return LocalSession.transaction(connection, () -> {
            boolean installed = Sql.number(
                            connection,
                            "select count(*) from sqlite_master where type = 'table' and name = 'godwit_local'")
                    > 0;
            Schema schema = installed ? reopen() : install();
            addScopes(schema);
            return schema;
        });
    }

    private Schema install() {
        String text = options.schema();
        if (text == null) {
            throw new GodwitException(
                    GodwitException.Kind.SCHEMA,
                    options.path() + " is not a Godwit database yet: open it with a schema, or run `godwit init`");
        }
        Schema schema = read(text);
        List<Table> attached = new ArrayList<>();
        for (Schema.Statement statement : schema.statements()) {
            if (!exists(statement.type(), statement.name())) {
                connection.execute(statement.sql());
            } else if (statement.type().equals("table")) {
                schema.table(statement.name()).ifPresent(table -> {
                    checkSame(table);
                    attached.add(table);
                });
            }
        }
        connection.execute(LocalTables.DDL);
        connection.execute(LocalTables.UNDO_DDL);
        connection.execute(LocalTables.SHOWN_DDL);
        Sql.run(
                connection,
                "insert into godwit_local (id, format, device, last_sequence, last_local, based_local, confirmed,"
                        + " application) values (1, ?, ?, 0, 0, 0, 0, ?)",
                Value.of(LocalTables.FORMAT),
                Value.of(new DeviceId(options.device().randomId()).toString()),
                Value.of(options.application()));
        Sql.run(connection, "insert into godwit_schema (id, text) values (1, ?)", Value.of(text));
        schema.tables().forEach(table -> connection.execute(BaseImages.ddl(table)));
        new Capture(connection, schema).install(true);
        addScopes(schema);
        attach(schema, attached);
        return schema;
    }

    private Schema read(String text) {
        try {
            return new SchemaReader(options.driver()).read("schema", text);
        } catch (SchemaException e) {
            throw new GodwitException(GodwitException.Kind.SCHEMA, String.valueOf(e.getMessage()), e);
        }
    }

    private boolean exists(String type, String name) {
        return Sql.number(
                        connection,
                        "select count(*) from sqlite_master where type = ? and name = ? collate nocase",
                        Value.of(type),
                        Value.of(name))
                > 0;
    }

    /** An existing table may differ from the schema file in how its columns merge, not in which it has. */
    private void checkSame(Table table) {
        List<Value[]> columns = Sql.rows(
                connection,
                "select lower(name), pk from pragma_table_xinfo(?) where hidden = 0 order by cid",
                Value.of(table.name()));
        List<String> found = columns.stream().map(c -> c[0].asText()).toList();
        List<String> declared = table.columns().stream()
                .map(c -> c.name().toLowerCase(java.util.Locale.ROOT))
                .toList();
        if (!found.equals(declared)) {
            throw mismatch(table, "has the columns " + found + " here and " + declared + " in the schema");
        }
        for (int i = 0; i < columns.size(); i++) {
            long place = columns.get(i)[1].asLong();
            if (place != table.key().indexOf(i) + 1) {
                throw mismatch(table, "has another primary key here than in the schema: column " + declared.get(i));
            }
        }
    }

    private GodwitException mismatch(Table table, String how) {
        return new GodwitException(
                GodwitException.Kind.SCHEMA,
                options.path() + ": table " + table.name() + " " + how
                        + "; change the schema file, for instance start from `godwit schema " + options.path() + "`");
    }

    private void addScopes(Schema schema) {
        Set<String> scopes = new TreeSet<>(schema.constantScopes());
        List<String> chosen = options.scopes();
        if (chosen != null) {
            scopes.addAll(chosen);
        }
        checkNumber(scopes);
        for (String scope : scopes) {
            if (scope.isEmpty() || scope.length() > options.limits().scopeNameChars()) {
                throw new GodwitException(
                        GodwitException.Kind.REQUEST,
                        "'" + scope + "' is no name of a scope: it has 1 to "
                                + options.limits().scopeNameChars() + " characters (scopeNameChars)");
            }
            new LocalState(connection).addScope(scope);
        }
    }

    /** The server refuses a request for more, and no scope is ever dropped: with one too many nothing is synced again. */
    private void checkNumber(Set<String> chosen) {
        Set<String> all = new TreeSet<>();
        Sql.rows(connection, "select scope from godwit_scope").forEach(row -> all.add(row[0].asText()));
        int synced = all.size();
        // who chooses nothing new can open what is there, whatever the limit was then
        if (!all.addAll(chosen)) {
            return;
        }
        int limit = options.limits().scopesPerDevice();
        if (all.size() > limit) {
            throw new GodwitException(
                    GodwitException.Kind.REQUEST,
                    all.size() + " scopes, and the limit scopesPerDevice is " + limit
                            + (synced == 0
                                    ? ""
                                    : "; " + synced + " of them are synced here already and stay, also those that"
                                            + " are not named any more: choose fewer new ones, or open another file for them"));
        }
    }

    /** Rows that were there before become the first transactions, parents before children. */
    private void attach(Schema schema, List<Table> attached) {
        LocalSession session = new LocalSession(connection, schema);
        Sealer sealer = new Sealer(session, options.device(), options.limits());
        for (Set<Table> together : inOrder(schema, attached)) {
            boolean refersToItself = together.size() > 1
                    || together.stream()
                            .anyMatch(t -> t.foreignKeys().stream()
                                    .anyMatch(f -> f.parent().equalsIgnoreCase(t.name())));
            long limit = refersToItself ? Long.MAX_VALUE : ATTACHED_ROWS;
            Map<Table, Key> last = new HashMap<>();
            do {
                for (Table table : together) {
                    Key marked = session.capture().markInserted(table, last.get(table), limit);
                    if (marked != null) {
                        last.put(table, marked);
                    }
                }
            } while (sealer.seal(true) != null);
        }
    }

    /** Tables in an order in which parents come first; those that refer to each other in a circle go together. */
    private static List<Set<Table>> inOrder(Schema schema, List<Table> tables) {
        List<Set<Table>> order = new ArrayList<>();
        Set<Table> left = new LinkedHashSet<>(tables);
        while (!left.isEmpty()) {
            Table next = left.stream()
                    .filter(t -> t.foreignKeys().stream().noneMatch(f -> waitsFor(schema, t, f, left)))
                    .findFirst()
                    .orElse(null);
            Set<Table> together = next == null ? new LinkedHashSet<>(left) : Set.of(next);
            order.add(together);
            left.removeAll(together);
        }
        return order;
    }

    private static boolean waitsFor(Schema schema, Table child, ForeignKey clause, Set<Table> left) {
        Table parent = schema.table(clause.parent()).orElse(null);
        return parent != null && !parent.equals(child) && left.contains(parent);
    }

    private Schema reopen() {
        long format = Sql.number(connection, "select format from godwit_local");
        if (format > LocalTables.FORMAT) {
            throw new GodwitException(
                    GodwitException.Kind.DATABASE,
                    options.path() + " was written by a newer version of Godwit (format " + format + ", this one knows "
                            + LocalTables.FORMAT + "): use that version");
        }
        String stored =
                Sql.rows(connection, "select text from godwit_schema").get(0)[0].asText();
        Schema schema = read(stored);
        if (format < LocalTables.FORMAT) {
            upgrade(schema, format);
        }
        String wanted = options.schema();
        if (!options.application().isEmpty()) {
            Sql.run(connection, "update godwit_local set application = ?", Value.of(options.application()));
        }
        return wanted == null || wanted.equals(stored) ? schema : migrate(schema, wanted);
    }

    private void upgrade(Schema schema, long from) {
        connection.execute(LocalTables.SHOWN_DDL);
        List<Table> there = schema.tables().stream()
                .filter(table -> from > 1 || !table.equals(ConflictTable.TABLE))
                .toList();
        // first: what follows seals, and sealing asks for it
        if (from < 3) {
            there.forEach(this::noteEdits);
        }
        if (from < 2) {
            addInbox(schema, there);
        }
        Sql.run(connection, "update godwit_local set format = ?", Value.of(LocalTables.FORMAT));
    }

    /** From format 2 to 3: which pending transaction edited a text last; for all one can tell, the last that touched the row. */
    private void noteEdits(Table table) {
        String name = BaseImages.name(table);
        connection.execute("alter table " + name + " add column edited integer not null default 0; update " + name
                + " set edited = last");
    }

    /** From format 1 to 2. */
    private void addInbox(Schema schema, List<Table> before) {
        connection.execute(LocalTables.UNDO_DDL);
        LocalSession old = new LocalSession(connection, new Schema(before, List.of(), schema.text()));
        new Sealer(old, options.device(), options.limits()).seal(false);
        connection.execute("alter table godwit_attempt add column skew integer");
        connection.execute(ConflictTable.STATEMENT.sql());
        connection.execute(BaseImages.ddl(ConflictTable.TABLE));
        new Capture(connection, schema).install(true);
    }

    private Schema migrate(Schema old, String wanted) {
        return new Migration(connection, options, old).to(read(wanted));
    }
}
