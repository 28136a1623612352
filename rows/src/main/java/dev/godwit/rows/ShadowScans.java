package dev.godwit.rows;

import dev.godwit.model.Table;

/** The queries that read the shadows of one table beside it; {@link Capture} says what the shadows hold. */
record ShadowScans(String anyImage, String images, String absentBesideImages, String absent) {

    ShadowScans(Table table) {
        this(
                "select 1 from " + Capture.before(table) + " limit 1",
                images(table),
                absentBesideImages(table),
                "select " + columns(table) + " from " + Capture.absent(table) + " a join " + Sql.name(table.name())
                        + " t on " + isRow(table, "a"));
    }

    /** Images that no entry of the list precedes, with the row as it is: whether there is one, the image, the row. */
    private static String images(Table table) {
        return "select t." + Sql.name(table.columns().get(table.key().get(0)).name()) + " is not null, "
                + Sql.join(table.columns().size(), ", ", i -> "b.c" + i)
                + ", " + columns(table) + " from " + Capture.before(table) + " b left join " + first(table)
                + " f on " + sameKeys(table, "f", "b") + " left join " + Sql.name(table.name()) + " t on "
                + isRow(table, "b") + " where f.place is null or f.place > b.marks";
    }

    /** Rows that are there now and whose key is in the list before an image was made, or without one. */
    private static String absentBesideImages(Table table) {
        return "select " + columns(table) + " from " + first(table) + " f join " + Sql.name(table.name()) + " t on "
                + isRow(table, "f") + " left join " + Capture.before(table) + " b on " + sameKeys(table, "b", "f")
                + " where b.marks is null or f.place <= b.marks";
    }

    /** The first place of each key in the list. */
    private static String first(Table table) {
        return "(select min(rowid) as place, " + Capture.keys(table, "") + " from " + Capture.absent(table)
                + " group by " + Capture.keys(table, "") + ")";
    }

    private static String columns(Table table) {
        return Sql.join(
                table.columns().size(),
                ", ",
                i -> "t." + Sql.name(table.columns().get(i).name()));
    }

    private static String sameKeys(Table table, String one, String other) {
        return Sql.join(table.key().size(), " and ", i -> one + ".k" + i + " = " + other + ".k" + i);
    }

    private static String isRow(Table table, String shadow) {
        return Sql.join(
                table.key().size(),
                " and ",
                i -> "t." + Sql.name(table.columns().get(table.key().get(i)).name()) + " = " + shadow + ".k" + i);
    }
}
