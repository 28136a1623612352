package dev.godwit.simulation;

import dev.godwit.server.Grant;
import java.util.Map;
import java.util.Optional;

/**
 * What a request must leave as it is whose token grants reading only: every scope (P7). Nothing is said where something else may
 * have moved a scope beside it.
 *
 * @param heads the newest commit number of each scope before the request; empty if nothing is said
 * @param visits how many requests and writes of operators there were before it
 */
record Untouched(Optional<Map<String, Long>> heads, long visits) {

    static Untouched before(SimulatedServer server, Grant grant) {
        return new Untouched(
                grant.readOnly() && server.isAlone() ? Optional.of(server.heads()) : Optional.empty(), server.visits());
    }

    void check(SimulatedDevice device, SimulatedServer server) {
        if (heads.isPresent()
                && server.visits() == visits + 1
                && !server.heads().equals(heads.get())) {
            throw new Violation(
                    "P7",
                    device.name + " may only read, and its request moved " + heads.get() + " to " + server.heads());
        }
    }
}
