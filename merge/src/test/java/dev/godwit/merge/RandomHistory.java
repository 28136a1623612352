package dev.godwit.merge;

import dev.godwit.merge.MergeServer.Client;
import dev.godwit.merge.MergeServer.Decided;
import dev.godwit.merge.MergeServer.Push;
import dev.godwit.merge.Seen.Former;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Devices that write one cell, go offline and come back. Time runs in segments: a device pulls only where one begins, so
 * that within one the transactions of different devices know nothing of each other and may arrive in any order.
 */
final class RandomHistory {
    /** Makes a write of what a device shows. */
    interface Writer {
        CellWrite next(Random random, Value shown);
    }

    private static final int DEVICES = 4;
    private static final int SEGMENTS = 4;

    final ColumnRule rule;
    final Value first;
    final List<List<Push>> segments = new ArrayList<>();
    /** What the server holds at the end of each segment, when they arrive as they were made. */
    final List<Value> states = new ArrayList<>();

    final MergeServer server;

    /**
     * Makes one.
     *
     * @param pullsOverPending whether a device may pull while it has writes that are not sent
     */
    RandomHistory(ColumnRule rule, Value first, Writer writer, Random random, boolean pullsOverPending) {
        this.rule = rule;
        this.first = first;
        server = new MergeServer(rule, first);
        List<Client> clients = new ArrayList<>();
        long[] pulledAt = new long[DEVICES];
        for (long number = 1; number <= DEVICES; number++) {
            clients.add(new Client(number, rule, first));
        }
        for (int segment = 0; segment < SEGMENTS; segment++) {
            List<Push> pushes = new ArrayList<>();
            for (int i = 0; i < DEVICES; i++) {
                Client client = clients.get(i);
                if (random.nextInt(3) > 0 && (pullsOverPending || client.pending.isEmpty())) {
                    client.pull(server);
                    pulledAt[i] = segment;
                }
                for (int writes = random.nextInt(3); writes > 0; writes--) {
                    // a write is believed to be made after the pull before it
                    long from = pulledAt[i] * 1_000 + 1;
                    long to = segment * 1_000 + 20;
                    client.add(
                            writer.next(random, client.shown()),
                            Stamp.ofMillis(from + random.nextInt((int) (to - from))));
                }
                if (random.nextInt(4) > 0) {
                    pushes.addAll(client.send());
                }
            }
            List<Push> arriving = shuffled(pushes, random);
            arriving.forEach(server::push);
            segments.add(arriving);
            states.add(server.value);
        }
    }

    /** Each device's in their order, the devices in any. */
    private static List<Push> shuffled(List<Push> pushes, Random random) {
        List<List<Push>> queues = new ArrayList<>();
        for (int i = 0; i <= DEVICES; i++) {
            queues.add(new ArrayList<>());
        }
        pushes.forEach(push -> queues.get((int) push.writer()).add(push));
        List<Push> shuffled = new ArrayList<>();
        while (shuffled.size() < pushes.size()) {
            List<Push> queue = queues.get(1 + random.nextInt(DEVICES));
            if (!queue.isEmpty()) {
                shuffled.add(queue.remove(0));
            }
        }
        return shuffled;
    }

    /** The same writes in another order; {@code fold} forgets what all have seen between the segments. */
    MergeServer again(Random random, boolean fold) {
        return again(random, fold, segments.size());
    }

    /** The same, and the row moves to another scope before a segment. */
    MergeServer again(Random random, boolean fold, int moves) {
        MergeServer other = new MergeServer(rule, first);
        for (int segment = 0; segment < segments.size(); segment++) {
            if (segment == moves) {
                other.move();
            }
            shuffled(segments.get(segment), random).forEach(other::push);
            // what a row has brought along is not forgotten before everybody has seen the move
            if (fold && horizon(segment + 1) >= other.moved()) {
                other.fold(horizon(segment + 1));
            }
            if (!other.value.equals(states.get(segment))) {
                throw new AssertionError(
                        "segment " + segment + " of " + Arrays.toString(segments.toArray()) + "\nfirst "
                                + states.get(segment) + "\nthen  " + other.value + (fold ? " folded" : "") + "\nlog "
                                + server.log + "\nlog " + other.log);
            }
        }
        return other;
    }

    /**
     * The same in the same order, but that a device is copied and only the copy goes on: what the device writes from a place of
     * its own sequence on is pushed under another number, which is between its own and the next device's. Null if a write gets
     * another time than it got by the device itself: the server does not know of the copy when it had last written.
     *
     * @param moves the segment before which the row moves to another scope; as many as there are for never
     */
    @Nullable
    MergeServer copied(long device, int from, int moves) {
        MergeServer other = new MergeServer(rule, first);
        List<Former> formers = List.of();
        int pushed = 0;
        for (int segment = 0; segment < segments.size(); segment++) {
            if (segment == moves) {
                other.move();
            }
            for (Push push : segments.get(segment)) {
                boolean isCopied = push.writer() == device && pushed++ >= from;
                long number = 10 * push.writer() + (isCopied ? 5 : 0);
                Decided decided = other.push(
                        new Push(number, push.seenCommits(), push.believed(), push.write()),
                        isCopied ? formers : List.of());
                Decided was = server.log.get(other.log.size() - 1);
                if (decided.stamp().time() != was.stamp().time()) {
                    return null;
                }
                // a move costs knowledge, and with it what is told as lost
                if (moves >= segments.size() && !loser(decided).equals(loser(was))) {
                    throw new AssertionError("device " + device + " copied after " + from + ": lost " + loser(was)
                            + " and then " + loser(decided) + "\nlog " + server.log + "\nlog " + other.log);
                }
                if (number == 10 * device) {
                    formers = List.of(new Former(number, other.commit));
                }
            }
            if (!other.value.equals(states.get(segment))) {
                throw new AssertionError("segment " + segment + " of " + Arrays.toString(segments.toArray())
                        + ", device " + device + " copied after " + from + "\nfirst " + states.get(segment) + "\nthen  "
                        + other.value + "\nlog " + server.log + "\nlog " + other.log);
            }
        }
        return other;
    }

    private static String loser(Decided decided) {
        return decided.verdict() instanceof Verdict.Settled settled
                ? settled.loser().name()
                : "refused";
    }

    /** How much everybody has seen who still sends something. */
    private long horizon(int fromSegment) {
        long horizon =
                segments.subList(0, fromSegment).stream().mapToLong(List::size).sum();
        for (List<Push> segment : segments.subList(fromSegment, segments.size())) {
            for (Push push : segment) {
                horizon = Math.min(horizon, push.seenCommits());
            }
        }
        return horizon;
    }

    int writes() {
        return server.log.size();
    }
}
