package dev.godwit.testing;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Which request meets which fault. Asked by one thread at a time, in the order in which requests arrive. */
@FunctionalInterface
public interface ChaosPlan {

    /**
     * What happens to the next request.
     *
     * @param request its first line without the version, for instance {@code POST /v1/sync}
     */
    Optional<ChaosFault> next(String request);

    /** Nothing happens to any. */
    static ChaosPlan none() {
        return request -> Optional.empty();
    }

    /** The same happens to each. */
    static ChaosPlan each(ChaosFault fault) {
        return request -> Optional.of(fault);
    }

    /** One happens to each of the next requests, in this order, and nothing to those after them. */
    static ChaosPlan once(ChaosFault... faults) {
        Iterator<ChaosFault> left = List.of(faults).iterator();
        return request -> left.hasNext() ? Optional.of(left.next()) : Optional.empty();
    }

    /** So many go well, then so many meet the fault, and again. */
    static ChaosPlan flapping(int well, int ill, ChaosFault fault) {
        int[] asked = {0};
        return request -> asked[0]++ % (well + ill) < well ? Optional.empty() : Optional.of(fault);
    }

    /** So many of a hundred meet one of these, by chance; the same seed chooses the same. */
    static ChaosPlan seeded(long seed, int ofHundred, ChaosFault... faults) {
        Random random = new Random(seed);
        return request ->
                random.nextInt(100) < ofHundred ? Optional.of(faults[random.nextInt(faults.length)]) : Optional.empty();
    }

    /** This, for requests that begin so; the others go well. */
    default ChaosPlan only(String beginning) {
        return request -> request.startsWith(beginning) ? next(request) : Optional.empty();
    }
}
