package dev.godwit.merge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The oracle: a list of units that keeps every one that was ever there and finds the place of a new one by looking at all.
 * It shares nothing with the walk but the papers: no tree, no runs, no states to take back; who has seen what is asked of
 * each unit and each of its deletions.
 */
final class NaiveText {
    private final List<Unit> units = new ArrayList<>();

    private static final class Unit {
        final char value;
        final long agent;
        final long seq;
        final @Nullable Unit origin;
        final @Nullable Unit right;
        final Set<TextEvent> deletions = new HashSet<>();

        Unit(char value, long agent, long seq, @Nullable Unit origin, @Nullable Unit right) {
            this.value = value;
            this.agent = agent;
            this.seq = seq;
            this.origin = origin;
            this.right = right;
        }

        boolean isIn(VersionVector seen) {
            return seen.includes(agent, seq);
        }

        boolean isVisible(VersionVector seen, TextEvent now) {
            return isIn(seen) && deletions.stream().noneMatch(by -> by == now || seen.includes(by.agent(), by.seq()));
        }
    }

    NaiveText(String base, List<TextEvent> events) {
        Unit before = null;
        for (char value : base.toCharArray()) {
            before = new Unit(value, -1, 0, before, null);
            units.add(before);
        }
        events.forEach(this::add);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        units.stream().filter(unit -> unit.deletions.isEmpty()).forEach(unit -> text.append(unit.value));
        return text.toString();
    }

    String textAt(VersionVector seen) {
        StringBuilder text = new StringBuilder();
        for (Unit unit : units) {
            if (unit.isIn(seen) && unit.deletions.stream().noneMatch(by -> seen.includes(by.agent(), by.seq()))) {
                text.append(unit.value);
            }
        }
        return text.toString();
    }

    private void add(TextEvent event) {
        VersionVector seen = event.version();
        for (Splice splice : event.splices()) {
            for (int i = 0; i < splice.deleted(); i++) {
                visible(seen, event, splice.at()).deletions.add(event);
            }
            Unit origin = splice.at() == 0 ? null : visible(seen, event, splice.at() - 1);
            for (char value : splice.inserted().toCharArray()) {
                Unit right = null;
                for (int i = units.indexOf(origin) + 1; i < units.size(); i++) {
                    if (units.get(i).isIn(seen)) {
                        right = units.get(i).origin == origin ? units.get(i) : null;
                        break;
                    }
                }
                Unit unit = new Unit(value, event.agent(), event.seq(), origin, right);
                units.add(place(unit, seen), unit);
                origin = unit;
            }
        }
    }

    private Unit visible(VersionVector seen, TextEvent now, int index) {
        return units.stream()
                .filter(unit -> unit.isVisible(seen, now))
                .skip(index)
                .findFirst()
                .orElseThrow();
    }

    /** Between its neighbours, among those that its author has not seen: before those whose right neighbour is as far and whose agent is greater. */
    private int place(Unit unit, VersionVector seen) {
        int left = units.indexOf(unit.origin);
        int right = index(unit.right);
        int place = left + 1;
        boolean undecided = false;
        for (int i = left + 1; i < units.size() && !units.get(i).isIn(seen); i++) {
            Unit other = units.get(i);
            int otherLeft = units.indexOf(other.origin);
            if (otherLeft < left) {
                break;
            }
            if (otherLeft == left) {
                int otherRight = index(other.right);
                if (otherRight == right && unit.agent < other.agent) {
                    break;
                }
                undecided = otherRight < right;
            }
            if (!undecided) {
                place = i + 1;
            }
        }
        return place;
    }

    private int index(@Nullable Unit unit) {
        return unit == null ? units.size() : units.indexOf(unit);
    }
}
