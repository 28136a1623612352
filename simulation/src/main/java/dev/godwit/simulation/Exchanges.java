package dev.godwit.simulation;

import dev.godwit.model.Limits;
import dev.godwit.server.Grant;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameReader;
import dev.godwit.wire.Page;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What was said in an exchange, in words, for a story. */
final class Exchanges {
    private static final int LONGEST = 300;

    private Exchanges() {}

    static void tell(SimulatedDevice device, Grant grant, byte[] request, byte[] answer, World world) {
        Limits limits = world.server().limits();
        SyncRequest sent = SyncCodec.decodeRequest(request, limits);
        world.trace()
                .detail(device.name + " (granted " + grant.scopes() + ") asks from " + sent.scopes() + ", confirmed "
                        + sent.confirmed());
        for (PushedTransaction transaction : sent.transactions()) {
            world.trace()
                    .detail("sends " + transaction.sequence() + (transaction.isVoid() ? " void" : "") + " "
                            + transaction.id() + " on " + transaction.bases());
        }
        FrameReader frames = new FrameReader(new ByteArrayInputStream(answer), limits);
        try {
            for (Optional<Frame> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                world.trace().detail("gets " + words(frame.get()));
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    private static String words(Frame frame) {
        String words = frame instanceof Page page
                ? "a page of " + page.scope() + " up to " + page.cursor() + ": " + page
                : frame instanceof Cut cut
                        ? "the cut at " + cut.checkpoints() + ", receipts " + cut.receipts()
                        : frame.toString();
        return words.length() > LONGEST ? words.substring(0, LONGEST) + "…" : words;
    }
}
