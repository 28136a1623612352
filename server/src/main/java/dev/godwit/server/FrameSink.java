package dev.godwit.server;

import dev.godwit.wire.Frame;
import java.io.IOException;

/** Where the frames of an answer go, one by one, in order. */
public interface FrameSink {
    /**
     * Takes a frame.
     *
     * @throws IOException if the reader is gone; the answer ends there
     */
    void write(Frame frame) throws IOException;
}
