package dev.godwit.simulation;

import dev.godwit.client.Transport;
import dev.godwit.client.TransportException;
import dev.godwit.server.Grant;
import dev.godwit.simulation.Weather.Mishap;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The way from one device to the server. While a request or its answer is on its way the plan goes on: other devices sync,
 * this one writes, anything is killed.
 */
final class SimulatedNetwork implements Transport {
    /** So many answers that a sync never breaks off. */
    static final int ALL = Integer.MAX_VALUE;

    private static final int REMEMBERED = 4;

    private final World world;
    private @Nullable SimulatedDevice device;
    private Grant grant;
    private boolean up = true;
    private Weather weather = Weather.FAIR;
    private List<Step> overtaking = List.of();
    private int answersLeft = ALL;
    private final List<Sent> requests = new ArrayList<>();
    private byte @Nullable [] lastAnswer;

    SimulatedNetwork(World world, Grant grant) {
        this.world = world;
        this.grant = grant;
    }

    void of(SimulatedDevice owner) {
        device = owner;
    }

    void up(boolean now) {
        up = now;
    }

    boolean isUp() {
        return up;
    }

    Grant grant() {
        return grant;
    }

    void grant(Grant now) {
        grant = now;
    }

    void weather(Weather next) {
        weather = next;
    }

    /** These happen while the next answer is on its way. */
    void overtakenBy(List<Step> steps) {
        overtaking = steps;
    }

    /** After so many more answers there are none. */
    void breaksOffBehind(int answers) {
        answersLeft = answers;
    }

    @Override
    public Answer exchange(byte[] request) {
        Weather now = weather;
        weather = Weather.FAIR;
        world.reach().count("requests");
        if (answersLeft != ALL && answersLeft-- <= 0) {
            world.reach().count("syncs broken off");
            throw lost("the connection broke off");
        }
        remember(request);
        long sent = world.server().millis();
        world.course().meanwhile(now.meanwhileBefore());
        world.expectations().onTheWay(world.server().millis() - sent);
        if (!up || now.first() == Mishap.REQUEST_LOST) {
            world.reach().count("requests lost");
            throw lost("the request was lost");
        }
        byte[] answer = serve(request);
        // others that came meanwhile may have held up the commit
        world.expectations().onTheWay(world.server().millis() - sent);
        if (now.first() == Mishap.REQUEST_TWICE) {
            world.reach().count("requests doubled");
            answer = serve(request);
        }
        world.course().meanwhile(now.meanwhileAfter());
        List<Step> before = overtaking;
        overtaking = List.of();
        world.course().meanwhile(before);
        SimulatedDevice waiting = device;
        if (now.userGoesOn() && waiting != null && waiting.isUp()) {
            world.goOnWriting(waiting, new Random(now.seed() + 1));
        }
        if (!up || now.first() == Mishap.ANSWER_LOST) {
            world.reach().count("answers lost");
            throw lost("the answer was lost");
        }
        return answer(now, answer, request.length);
    }

    private Answer answer(Weather now, byte[] answer, long sent) {
        Random random = new Random(now.seed());
        byte[] another = lastAnswer;
        lastAnswer = answer;
        switch (now.first()) {
            case ANSWER_CUT -> {
                world.reach().count("answers cut");
                return received(Arrays.copyOf(answer, random.nextInt(answer.length + 1)), sent);
            }
            case ANSWER_DAMAGED -> {
                world.reach().count("answers damaged");
                byte[] compressed = Gzip.compress(answer);
                compressed[random.nextInt(compressed.length)] ^= (byte) (1 << random.nextInt(8));
                InputStream inflated = Gzip.decompressing(
                        new ByteArrayInputStream(compressed),
                        Long.MAX_VALUE,
                        world.server().limits());
                return new Bytes(inflated, sent, compressed.length);
            }
            case ANSWER_OF_ANOTHER -> {
                world.reach().count("answers mixed up");
                return received(another == null ? answer : another, sent);
            }
            default -> {
                return received(answer, sent);
            }
        }
    }

    private static Answer received(byte[] answer, long sent) {
        return new Bytes(new ByteArrayInputStream(answer), sent, answer.length);
    }

    private static TransportException lost(String how) {
        return TransportException.of(new IOException(how));
    }

    private record Sent(byte[] request, long millis) {}

    private void remember(byte[] request) {
        requests.add(new Sent(request, world.server().millis()));
        if (requests.size() > REMEMBERED) {
            requests.remove(0);
        }
    }

    /** Delivers an old request once more, as a network may; nobody reads the answer. */
    boolean repeat(Random random) {
        if (requests.isEmpty() || !up) {
            return false;
        }
        Sent old = requests.get(random.nextInt(requests.size()));
        // it may be the first that is decided
        world.expectations().onTheWay(world.server().millis() - old.millis());
        try {
            serve(old.request());
            return true;
        } catch (TransportException nobodyThere) {
            return false;
        }
    }

    private byte[] serve(byte[] request) {
        SimulatedDevice sender = device;
        if (sender == null) {
            throw new IllegalStateException("a network without a device");
        }
        byte[] answer;
        try {
            answer = world.serve(sender, grant, request);
        } catch (WireException refused) {
            throw new Violation("unexpected", "the server cannot read what " + sender.name + " sent: " + refused);
        }
        if (answer == null) {
            throw lost("the server is down");
        }
        if (world.trace().isKept()) {
            Exchanges.tell(sender, grant, request, answer, world);
        }
        return answer;
    }

    @Override
    public Live live(List<String> scopes, LiveListener listener) {
        throw new UnsupportedOperationException("the simulator pokes devices itself");
    }

    @Override
    public void close() {}

    private record Bytes(InputStream frames, long bytesSent, long bytesReceived) implements Answer {
        @Override
        public void close() {}
    }
}
