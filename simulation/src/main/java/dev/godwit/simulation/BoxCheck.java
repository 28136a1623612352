package dev.godwit.simulation;

import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether a box holds what was put into it, when all is quiet. A recount takes the place of what its writer had seen, and of
 * nothing else; an element goes if somebody who had seen it in takes it out (docs/merging.md).
 */
final class BoxCheck {
    private final SimulatedServer server;

    BoxCheck(SimulatedServer server) {
        this.server = server;
    }

    /** What a device wrote. */
    record Event(String device, Wrote.Boxed wrote) {}

    /** Looks into a box of which these are all the writes, in their order. */
    void check(List<Event> events) {
        Wrote.Boxed last = events.get(events.size() - 1).wrote();
        if (last instanceof Wrote.Element element) {
            checkElement(element, events);
        } else {
            checkStock(last.box(), events);
        }
    }

    private void checkElement(Wrote.Element last, List<Event> events) {
        boolean isIn = server.look(connection -> Sql.number(
                        connection,
                        "select count(*) from item, json_each(tags) where item.id = ? and value = ?",
                        Value.of(last.id()),
                        Value.of(last.element())))
                > 0;
        if (last.isAdded() && !isIn) {
            throw new Violation("P9", "nobody who had seen the last one put in took it out, and it is gone: " + events);
        }
        String device = events.get(events.size() - 1).device();
        boolean isAloneWithIt = events.stream()
                .filter(event -> event.wrote() instanceof Wrote.Element element && element.isAdded())
                .allMatch(event -> event.device().equals(device));
        if (!last.isAdded() && isAloneWithIt && isIn) {
            throw new Violation("P9", "who alone put it in has taken it out, and it is still there: " + events);
        }
    }

    private void checkStock(String id, List<Event> events) {
        long stock =
                server.look(connection -> Sql.number(connection, "select stock from item where id = ?", Value.of(id)));
        Map<Long, Long> seen = new LinkedHashMap<>();
        long added = 0;
        boolean isSightKnown = true;
        for (Event event : events) {
            if (event.wrote() instanceof Wrote.Recount recount) {
                // a device that predicts one of its own over another's shows sums and differences of them
                isSightKnown &= Long.bitCount(recount.shown() & -Boxes.RECOUNT) <= 1;
                seen.put(recount.value(), sight(recount.shown(), seen));
            } else if (event.wrote() instanceof Wrote.Delta delta) {
                added += delta.value();
            }
        }
        long winner = stock & -Boxes.RECOUNT;
        if (winner == 0 ? !seen.isEmpty() : !seen.containsKey(winner)) {
            throw new Violation("P9", id + " is " + stock + ", which is of no recount: " + told(events));
        }
        if (!isSightKnown) {
            return;
        }
        long expected = winner + (added & ~seen.getOrDefault(winner, 0L));
        if (stock != expected) {
            throw new Violation(
                    "P2",
                    id + " is " + stock + ", and what was added since its recount to " + winner + " makes it "
                            + expected + ": " + told(events));
        }
        seen.forEach((recount, before) -> {
            if ((before & winner) != 0) {
                throw new Violation(
                        "P9",
                        "the recount to " + recount + " had seen that to " + winner + ", which has won: "
                                + told(events));
            }
        });
    }

    /**
     * The deltas and recounts in a writer's sight: those in the number that he was shown, and those in the sight of its recount.
     */
    private static long sight(long shown, Map<Long, Long> seen) {
        return seen.entrySet().stream()
                .filter(recount -> (recount.getKey() & shown) != 0)
                .mapToLong(Map.Entry::getValue)
                .reduce(shown, (one, other) -> one | other);
    }

    private static String told(List<Event> events) {
        return events.stream().map(Event::toString).collect(Collectors.joining("; "));
    }
}
