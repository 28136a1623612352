package dev.godwit.server;

import java.io.IOException;
import java.util.UUID;
import java.util.function.Function;

/** Where the server keeps its state. Safe for use by many threads; writers are let in one after the other. */
interface Store extends AutoCloseable {
    /** The timeline that numbers commits since this opening. */
    UUID timeline();

    /** Runs work in one database transaction: durable when this returns, undone if the work throws. */
    <T> T write(Function<StoreWriter, T> work);

    /** Work on a snapshot. */
    interface Reading<T> {
        /** Reads. */
        T read(StoreReader reader) throws IOException;
    }

    /** Runs work on one snapshot. */
    <T> T read(Reading<T> work) throws IOException;

    /** A number that changes whenever anybody else has written to the database. */
    long foreignVersion();

    @Override
    void close();
}
