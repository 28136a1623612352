package dev.godwit.client;

import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table as Java records, without an annotation processor. A component's name is its column's, camel case
 * becoming snake case ({@code updatedAt} is {@code updated_at}); the first component is the key. Types: String, long, int,
 * double, boolean (0 or 1), their boxes, UUID and enums (as text), byte[]; NULL needs a type that can be null.
 *
 * @param <T> the record
 */
public final class Records<T extends Record> {
    private final Class<T> type;
    private final String table;
    private final RecordComponent[] components;
    private final Reader reader;
    private final Writer writer;

    /** Runs a query. */
    interface Reader {
        List<Row> query(String sql, @Nullable Object... parameters);
    }

    /** Runs a statement. */
    interface Writer {
        long run(String sql, @Nullable Object... parameters);
    }

    Records(Class<T> type, String table, Reader reader, Writer writer) {
        this.type = type;
        this.table = Sql.name(table);
        this.components = type.getRecordComponents();
        this.reader = reader;
        this.writer = writer;
    }

    /** Inserts a row. */
    public void insert(T row) {
        writer.run(
                "insert into " + table + " (" + columns(0, ", ", "") + ") values ("
                        + "?, ".repeat(components.length - 1) + "?)",
                values(row).toArray());
    }

    /** Writes every column of the row with this key; returns whether there was one. */
    public boolean update(T row) {
        List<@Nullable Object> parameters = values(row);
        parameters.add(parameters.remove(0));
        return writer.run(
                        "update " + table + " set " + columns(1, ", ", " = ?") + " where " + column(0) + " = ?",
                        parameters.toArray())
                > 0;
    }

    /** Deletes the row with this key; returns whether there was one. */
    public boolean delete(Object key) {
        return writer.run("delete from " + table + " where " + column(0) + " = ?", key) > 0;
    }

    /** The row with this key. */
    public Optional<T> find(Object key) {
        return list("where " + column(0) + " = ?", key).stream().findFirst();
    }

    /**
     * The rows that a tail of SQL chooses.
     *
     * @param tail what follows the table's name, for instance {@code where status = ? order by id}; may be empty
     */
    public List<T> list(String tail, @Nullable Object... parameters) {
        return reader.query("select " + columns(0, ", ", "") + " from " + table + " " + tail, parameters).stream()
                .map(row -> toRecord(row.values()))
                .toList();
    }

    /** The columns of the components, for a query. */
    String columnList() {
        return columns(0, ", ", "");
    }

    /** The column of each component, as SQL reads it. */
    List<String> columnNames() {
        return IntStream.range(0, components.length).mapToObj(this::column).toList();
    }

    /** Which component a column is; -1 if none. */
    int place(@Nullable String column) {
        for (int i = 0; i < components.length && column != null; i++) {
            if (column(i).equalsIgnoreCase(Sql.name(column))) {
                return i;
            }
        }
        return -1;
    }

    /** The record of a row's values, one per component. */
    T toRecord(List<Value> row) {
        @Nullable Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            arguments[i] = convert(row.get(i), components[i]);
        }
        try {
            var constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "cannot make a " + type.getName() + " of "
                            + Arrays.stream(arguments).map(String::valueOf).collect(Collectors.joining(", ")),
                    e);
        }
    }

    /** The values of a record, one per component. */
    List<Value> toValues(T row) {
        return values(row).stream().map(Queries::value).toList();
    }

    private String columns(int from, String separator, String suffix) {
        List<String> columns = new ArrayList<>();
        for (int i = from; i < components.length; i++) {
            columns.add(column(i) + suffix);
        }
        return String.join(separator, columns);
    }

    private String column(int component) {
        String name = components[component].getName();
        return Sql.name(name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT));
    }

    private List<@Nullable Object> values(T row) {
        List<@Nullable Object> values = new ArrayList<>();
        for (RecordComponent component : components) {
            try {
                component.getAccessor().setAccessible(true);
                values.add(component.getAccessor().invoke(row));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalArgumentException("cannot read " + type.getName() + "." + component.getName(), e);
            }
        }
        return values;
    }

    private @Nullable Object convert(Value value, RecordComponent component) {
        Class<?> wanted = component.getType();
        if (value.isNull()) {
            if (wanted.isPrimitive()) {
                throw new IllegalArgumentException(type.getName() + "." + component.getName()
                        + " cannot be null and its column is NULL: give it a boxed type");
            }
            return null;
        }
        return convert(value, wanted, component);
    }

    private Object convert(Value value, Class<?> wanted, RecordComponent component) {
        if (wanted == String.class) {
            return value.kind() == Value.Kind.TEXT ? value.asText() : value.toString();
        } else if (wanted == long.class || wanted == Long.class) {
            return value.asLong();
        } else if (wanted == int.class || wanted == Integer.class) {
            return Math.toIntExact(value.asLong());
        } else if (wanted == boolean.class || wanted == Boolean.class) {
            return value.asLong() != 0;
        } else if (wanted == double.class || wanted == Double.class) {
            return value instanceof Value.RealValue real ? real.value() : (double) value.asLong();
        } else if (wanted == UUID.class) {
            return UUID.fromString(value.asText());
        } else if (wanted == byte[].class && value instanceof Value.BlobValue blob) {
            return blob.value();
        } else if (wanted.isEnum()) {
            return constant(wanted, value.asText());
        }
        throw new IllegalArgumentException(
                "no " + wanted.getName() + " for " + type.getName() + "." + component.getName() + " in " + value);
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("no constant " + name + " in " + type.getName());
    }
}
