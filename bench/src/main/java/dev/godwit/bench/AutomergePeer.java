package dev.godwit.bench;

import dev.godwit.merge.Splice;
import java.util.List;
import org.automerge.Document;
import org.automerge.ObjectId;
import org.automerge.ObjectType;
import org.automerge.Transaction;

/** The engine with a native library for the JVM. All edits of a call are one commit there, which is what suits it best. */
final class AutomergePeer implements TextPeer {
    private final TextSession session;
    private final TextBranches branches;

    AutomergePeer(TextSession session, TextBranches branches) {
        this.session = session;
        this.branches = branches;
    }

    /** Whether it is on the class path: it is no part of the packed command. */
    static boolean isPresent() {
        try {
            Class.forName("org.automerge.Document");
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    @Override
    public String name() {
        return "Automerge";
    }

    @Override
    public Round round() {
        long begun = System.nanoTime();
        Document written = new Document();
        ObjectId text = edit(written, null, session.edits());
        String applied = text(written, text);
        double apply = millisSince(begun);
        byte[] saved = written.save();
        written.free();
        begun = System.nanoTime();
        Document opened = Document.load(saved);
        String read = text(opened, text);
        double open = millisSince(begun);
        Document other = opened.fork();
        edit(opened, text, branches.even());
        edit(other, text, branches.odd());
        begun = System.nanoTime();
        opened.merge(other);
        String merged = text(opened, text);
        double merge = millisSince(begun);
        opened.free();
        other.free();
        boolean right = applied.equals(session.text()) && read.equals(applied) && merged.equals(branches.merged());
        return new Round(apply, saved.length, open, merge, right ? "" : "another text");
    }

    private static ObjectId edit(
            Document document, @org.jspecify.annotations.Nullable ObjectId known, List<Splice> edits) {
        try (Transaction transaction = document.startTransaction()) {
            ObjectId text = known != null ? known : transaction.set(ObjectId.ROOT, "text", ObjectType.TEXT);
            for (Splice edit : edits) {
                transaction.spliceText(text, edit.at(), edit.deleted(), edit.inserted());
            }
            transaction.commit();
            return text;
        }
    }

    private static String text(Document document, ObjectId text) {
        return document.text(text).orElse("");
    }

    private static double millisSince(long begun) {
        return (System.nanoTime() - begun) / 1e6;
    }

    @Override
    public void close() {}
}
