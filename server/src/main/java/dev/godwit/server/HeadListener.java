package dev.godwit.server;

import java.util.Map;

/** Hears that scopes have moved. Called on the server's threads, never under a lock; must not block. */
public interface HeadListener {
    /** The newest commit number of each scope that has moved. */
    void moved(Map<String, Long> heads);
}
