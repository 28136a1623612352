package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.merge.Seen.Former;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server remembers for merging beside rows and their states. Belongs to the writer's thread. */
interface StoreMemory {
    /** What the rule of a column remembers of a cell; NULL if nothing. */
    Value of(Table table, Key key, int column);

    /** Keeps it; NULL forgets it. */
    void keep(Table table, Key key, int column, Value memory);

    /** Forgets everything about the cells of a row: it is gone, or numbered anew. */
    void forget(Table table, Key key);

    /** A row as it was when it was deleted. */
    record Image(Value[] row, List<CellState> cells) {}

    /** Keeps the image of a row that is deleted under a commit number. */
    void keepImage(Table table, Key key, long commit, Image image);

    /** The image of a deleted row, or null if none was kept. */
    @Nullable
    Image image(Table table, Key key);

    /** Forgets it: the row is back. */
    void forgetImage(Table table, Key key);

    /** What one transaction did to a text, as it was sent. */
    record LoggedEdit(long commit, long writer, long base, int length, byte[] splices) {}

    /** The edits of a text above a commit number, in order; {@code length} is the text's before each. */
    List<LoggedEdit> edits(Table table, Key key, int column, long above);

    /** Appends what a transaction did to a text. */
    void append(Table table, Key key, int column, LoggedEdit edit);

    /** Forgets the edits of a text up to a commit number that everybody has seen. */
    void forgetEdits(Table table, Key key, int column, long upTo);

    /** Of which devices one is a copy, and up to which commit number of a scope it has their writes (H2). */
    List<Former> formers(long device, String scope);

    /** Keeps that a device is a copy of another, and has its writes up to a commit number of a scope. */
    void keepFormer(long device, String scope, Former former);

    /** Whether a device's rows were ever given other keys. */
    boolean hasRekeys(long device);

    /**
     * Another key than the device knows.
     *
     * @param sequence the place in the device's sequence of the transaction in which the row was given it
     */
    record Rekey(Key key, long sequence) {}

    /** The key that a device's row has now, or null if it kept its own. */
    @Nullable
    Rekey rekey(long device, Table table, Key key);

    /** Forgets those that a device knows, since it has confirmed the receipts: what it sends from then on has the new keys. */
    void forgetRekeys(long device, long confirmed);

    /** Keeps that a device's row has another key now (H12), given in the transaction at a place of the device's sequence. */
    void keepRekey(long device, Table table, Key key, Key now, long sequence);

    /**
     * An integer above the keys of all rows of the table, above those given out before, and above another.
     *
     * @throws ArithmeticException if there is none
     */
    long freshKey(Table table, long above);

    /** How many entries of the inbox wait for a person in a scope. */
    long undecided(String scope);

    /** The entries of a scope that people have decided, but for the newest ones. */
    List<Key> decidedBefore(String scope, int newest);

    /** The next place in the ring of a scope's decided conflicts. */
    long nextConflict(String scope);
}
