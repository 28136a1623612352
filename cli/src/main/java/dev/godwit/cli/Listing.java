package dev.godwit.cli;

import dev.godwit.model.Value;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints rows for people, in columns, or for programs, as one JSON object a line. */
public final class Listing {
    private static final int WIDEST = 60;

    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private final boolean json;

    /** A listing for programs, or for people. */
    public Listing(boolean json) {
        this.json = json;
    }

    /** Begins a row; put its fields into the map, in the order in which they shall be shown. */
    public Map<String, @Nullable Object> row() {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        rows.add(row);
        return row;
    }

    /** Prints all rows; {@code whenEmpty}, for people, if there are none. */
    public void print(PrintWriter out, String whenEmpty) {
        if (json) {
            rows.forEach(row -> out.println(object(row)));
        } else if (rows.isEmpty()) {
            if (!whenEmpty.isEmpty()) {
                out.println(whenEmpty);
            }
        } else {
            columns(out);
        }
        out.flush();
    }

    private void columns(PrintWriter out) {
        List<String> names = new ArrayList<>(rows.get(0).keySet());
        int[] widths = new int[names.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = names.get(i).length();
            for (Map<String, @Nullable Object> row : rows) {
                widths[i] = Math.max(widths[i], text(row.get(names.get(i))).length());
            }
        }
        out.println(line(names, widths));
        for (Map<String, @Nullable Object> row : rows) {
            out.println(line(names.stream().map(n -> text(row.get(n))).toList(), widths));
        }
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            line.append(cells.get(i));
            if (i + 1 < cells.size()) {
                line.append(" ".repeat(widths[i] - cells.get(i).length() + 2));
            }
        }
        return line.toString();
    }

    private static String text(@Nullable Object value) {
        String text = value instanceof Value.TextValue t ? t.value() : String.valueOf(value);
        String oneLine = text.replace('\n', ' ');
        return oneLine.length() <= WIDEST ? oneLine : oneLine.substring(0, WIDEST - 1) + "…";
    }

    private static String object(Map<String, @Nullable Object> row) {
        StringBuilder json = new StringBuilder("{");
        row.forEach((name, value) -> json.append(json.length() == 1 ? "" : ",")
                .append(string(name))
                .append(':')
                .append(value(value)));
        return json.append('}').toString();
    }

    private static String value(@Nullable Object value) {
        if (value == null || value instanceof Value.NullValue) {
            return "null";
        } else if (value instanceof Value.IntegerValue || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        } else if (value instanceof Value.RealValue real) {
            return Double.isFinite(real.value()) ? String.valueOf(real.value()) : string(String.valueOf(real.value()));
        } else if (value instanceof Value.TextValue text) {
            return string(text.value());
        } else if (value instanceof List<?> list) {
            return list.stream().map(Listing::value).collect(Collectors.joining(",", "[", "]"));
        } else if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            map.forEach((k, v) -> named.put(String.valueOf(k), v));
            return object(named);
        }
        return string(String.valueOf(value));
    }

    static String string(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20) {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
