package dev.godwit.client;

import java.io.InputStream;
import java.util.List;
import java.util.Map;

/** The way to the server. Safe for use by many threads. */
public interface Transport extends AutoCloseable {

    /**
     * Sends a request and returns as soon as the answer begins.
     *
     * @param request an encoded request; see {@code wire}
     * @throws TransportException if there is no answer, or what answers is no Godwit server
     */
    Answer exchange(byte[] request);

    /**
     * Hears when scopes move, until it is closed or ends by itself. The listener is called on a thread of the transport.
     *
     * @throws TransportException if the connection cannot be made
     */
    Live live(List<String> scopes, LiveListener listener);

    /** Lets go of connections. */
    @Override
    void close();

    /** An answer that is being received. */
    interface Answer extends AutoCloseable {
        /** The frames, inflated; reading fails with a {@link TransportException} or {@link java.io.IOException}. */
        InputStream frames();

        /** Bytes sent for the request, headers included. */
        long bytesSent();

        /** Bytes received so far, headers included. */
        long bytesReceived();

        @Override
        void close();
    }

    /** A live connection. */
    interface Live extends AutoCloseable {
        @Override
        void close();
    }

    /** Hears of scopes. */
    interface LiveListener {
        /** The newest commit number of some scopes. */
        void heads(Map<String, Long> heads);

        /** The connection is over, for this reason. Called once. */
        void ended(String reason);
    }
}
