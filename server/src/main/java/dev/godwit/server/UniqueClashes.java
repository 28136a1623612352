package dev.godwit.server;

import dev.godwit.model.Column;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.TablePolicies.OnUniqueClash;
import dev.godwit.model.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives texts that another row already has in a UNIQUE key a number behind them, where the table's policy is {@code rename}. */
final class UniqueClashes {
    private static final int TRIES = 1_000;

    private final Works works;

    UniqueClashes(Works works) {
        this.works = works;
    }

    void run() {
        for (RowWork work : works.changed()) {
            if (work.after != null && work.table.policies().uniqueClash() == OnUniqueClash.RENAME) {
                work.table.uniques().forEach(unique -> check(work, unique));
            }
        }
    }

    private void check(RowWork work, List<Integer> unique) {
        Value[] row = java.util.Objects.requireNonNull(work.after, "row");
        Value[] before = work.before;
        boolean same = before != null && unique.stream().allMatch(c -> before[c].equals(row[c]));
        Value[] holder = same ? null : holder(work, unique, row);
        if (holder == null) {
            return;
        }
        int column = textColumn(work, unique, row);
        String name = row[column].asText();
        for (int number = 2; number <= TRIES; number++) {
            Value[] renamed = row.clone();
            renamed[column] = Value.of(name + " (" + number + ")");
            if (holder(work, unique, renamed) == null) {
                rename(work, column, row[column], holder[column], renamed[column]);
                return;
            }
        }
        throw new Refused(
                RejectionCode.UNIQUE,
                "Row " + work.key + " of " + work.table.name() + ": " + TRIES + " rows are already named like "
                        + row[column] + ". Choose another name and retry.",
                work.table.name(),
                work.key);
    }

    private void rename(RowWork work, int column, Value mine, Value theirs, Value renamed) {
        work.adjust(column, renamed);
        Value[] after = java.util.Objects.requireNonNull(work.after, "row");
        works.note(new Conflict(
                Works.scopeOf(work.table, work.key, after),
                work.table,
                work.key,
                work.table.columns().get(column).name(),
                Value.NULL,
                mine,
                theirs,
                renamed,
                "rename",
                works.stamp,
                works.stamp,
                false));
    }

    /** Another row that has these values, when the transaction is through; null if there is none. */
    private Value @Nullable [] holder(RowWork work, List<Integer> unique, Value[] row) {
        for (RowWork other : works.all()) {
            Value[] after = other.after;
            if (other != work
                    && after != null
                    && other.table.equals(work.table)
                    && unique.stream().allMatch(c -> !row[c].isNull() && after[c].equals(row[c]))) {
                return after;
            }
        }
        Value[] stored = works.store.references().holder(work.table, unique, row);
        // a row of the transaction has just been looked at as it will be
        return stored == null || works.known(work.table, work.table.keyOf(stored)) != null ? null : stored;
    }

    private static int textColumn(RowWork work, List<Integer> unique, Value[] row) {
        for (int i = unique.size() - 1; i >= 0; i--) {
            if (row[unique.get(i)].kind() == Value.Kind.TEXT && work.table.isName(unique.get(i))) {
                return unique.get(i);
            }
        }
        throw new Refused(
                RejectionCode.UNIQUE,
                "Row " + work.key + " of " + work.table.name() + ": another row already has "
                        + Arrays.toString(unique.stream()
                                .map(work.table.columns()::get)
                                .map(Column::name)
                                .toArray())
                        + ", and nothing in it is a text that could get a number. Choose another value and retry.",
                work.table.name(),
                work.key);
    }
}
