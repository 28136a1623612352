package dev.godwit.bench;

import java.io.IOException;

/** Another engine for texts, which is given the same edits in the same run. */
interface TextPeer extends AutoCloseable {

    String name();

    /** Does everything once. The texts that came of it are compared by whoever knows how; a wrong one is a fault. */
    Round round() throws IOException;

    @Override
    void close();

    /**
     * What one round took.
     *
     * @param apply milliseconds for all edits of the session, one after the other
     * @param bytes of the history as it is stored
     * @param open milliseconds from these bytes to the text
     * @param merge milliseconds to merge two branches, and read the text
     * @param fault what was wrong, or empty
     */
    record Round(double apply, double bytes, double open, double merge, String fault) {}
}
