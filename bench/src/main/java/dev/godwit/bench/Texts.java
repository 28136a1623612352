package dev.godwit.bench;

import dev.godwit.bench.TextPeer.Round;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextBuffer;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.TextLog;
import dev.godwit.merge.TextWalk;
import dev.godwit.merge.VersionVector;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A recorded session of writing: what its history takes, applying it, opening the text, merging two branches; beside other
 * engines, in turns, with the same edits and the same text at the end.
 */
final class Texts {
    private static final int WARM_UP = 12;
    /** The others need seconds for a round, and less of them to get warm. */
    private static final int WARM_UP_OF_OTHERS = 1;

    private static final String SCHEMA =
            "create table doc (id text primary key not null, team text scope not null, body text merged_text);";
    private static final String READ = "select body from doc where id = 'd'";
    private static final TextLog.Bounds BOUNDS =
            new TextLog.Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE, 10, Integer.MAX_VALUE);

    private final Path folder;
    private final Report report;
    private final int rounds;
    private final TextSession session;
    private final TextBranches branches;
    private final byte[] history;
    private final byte[] even;
    private final byte[] odd;
    private final List<Round> ours = new ArrayList<>();
    private final List<Double> plainReads = new ArrayList<>();
    private final List<Double> encodings = new ArrayList<>();
    private double firstMerge = Double.NaN;
    private final Map<String, List<Round>> others = new LinkedHashMap<>();

    Texts(Path folder, Report report, int rounds, TextSession session, TextBranches branches) {
        this.folder = folder;
        this.report = report;
        this.rounds = rounds;
        this.session = session;
        this.branches = branches;
        this.history = TextLog.encode(events(1, session.edits()));
        this.even = TextLog.encode(events(1, branches.even()));
        this.odd = TextLog.encode(events(2, branches.odd()));
    }

    /** With those engines that are here; a missing one is named. */
    void measure(@Nullable Path modules) throws IOException {
        List<TextPeer> peers = new ArrayList<>();
        if (AutomergePeer.isPresent()) {
            peers.add(new AutomergePeer(session, branches));
        } else {
            report.progress("texts: Automerge is not on the class path, and is left out");
        }
        List<TextPeer> scripts = modules == null ? List.of() : NodePeers.in(modules, folder, session, branches);
        if (scripts.isEmpty()) {
            report.progress(
                    "texts: no engines of JavaScript: they need Node, and --node-modules with yjs and loro-crdt");
        }
        peers.addAll(scripts);
        try {
            measure(peers);
        } finally {
            peers.forEach(TextPeer::close);
        }
        report();
    }

    private void measure(List<TextPeer> peers) throws IOException {
        try (Godwit device = device();
                SqliteConnection plain = plain()) {
            for (int round = 0; round < WARM_UP + rounds; round++) {
                boolean counts = round >= WARM_UP;
                report.progress("texts: round " + (round + 1) + " of " + (WARM_UP + rounds));
                Round own = round(device, plain, counts);
                if (counts) {
                    ours.add(own);
                }
                for (TextPeer peer : round < WARM_UP - WARM_UP_OF_OTHERS ? List.<TextPeer>of() : peers) {
                    Round theirs = peer.round();
                    report.require(theirs.fault().isEmpty(), "texts: " + peer.name() + ": " + theirs.fault());
                    if (counts) {
                        others.computeIfAbsent(peer.name(), name -> new ArrayList<>())
                                .add(theirs);
                    }
                }
            }
        }
    }

    private Round round(Godwit device, SqliteConnection plain, boolean counts) {
        long begun = System.nanoTime();
        TextBuffer buffer = new TextBuffer("");
        session.edits().forEach(buffer::apply);
        String applied = buffer.toString();
        double apply = millisSince(begun);
        begun = System.nanoTime();
        String read = Sql.rows(plain, READ).get(0)[0].asText();
        double plainly = millisSince(begun);
        begun = System.nanoTime();
        String opened = device.query(READ).get(0).text("body");
        double open = millisSince(begun);
        begun = System.nanoTime();
        String merged = merge();
        double merge = millisSince(begun);
        begun = System.nanoTime();
        byte[] encoded = TextLog.encode(events(1, session.edits()));
        double encoding = millisSince(begun);
        report.require(applied.equals(session.text()), "texts: applying gave another text");
        report.require(read.equals(applied) && read.equals(opened), "texts: another text was read");
        report.require(merged.equals(branches.merged()), "texts: merging gave another text");
        report.require(encoded.length == history.length, "texts: the history is not the same each time");
        if (Double.isNaN(firstMerge)) {
            firstMerge = merge;
        }
        if (counts) {
            plainReads.add(plainly);
            encodings.add(encoding);
        }
        return new Round(apply, history.length, open, merge, "");
    }

    /** As the server does it: the log is read, what comes is moved to where it belongs, and the text is written. */
    private String merge() {
        List<TextEvent> log = TextLog.decode(even, BOUNDS);
        List<TextEvent> incoming = TextLog.decode(odd, BOUNDS);
        TextBuffer text = new TextBuffer(branches.base());
        log.forEach(event -> event.splices().forEach(text::apply));
        TextWalk.transform(branches.base().length(), log, incoming).forEach(splices -> splices.forEach(text::apply));
        return text.toString();
    }

    private static List<TextEvent> events(long agent, List<Splice> edits) {
        List<TextEvent> events = new ArrayList<>(edits.size());
        VersionVector seen = VersionVector.none();
        for (Splice edit : edits) {
            TextEvent event = new TextEvent(agent, events.size() + 1L, seen, List.of(edit));
            events.add(event);
            seen = event.version();
        }
        return events;
    }

    private Godwit device() {
        Godwit device = Godwit.open(GodwitOptions.of(folder.resolve("text.db").toString(), new JdbcSqlite())
                .withSchema(SCHEMA)
                .withScopes(Pushes.SCOPE));
        device.write(tx -> tx.run("insert into doc (id, team, body) values ('d', 'red', ?)", session.text()));
        return device;
    }

    private SqliteConnection plain() {
        SqliteConnection plain = Contents.open(folder.resolve("plain-text.db"));
        plain.execute("create table doc (id text primary key, team text, body text)");
        Sql.run(plain, "insert into doc values ('d', 'red', ?)", Value.of(session.text()));
        return plain;
    }

    private void report() {
        String of = session.edits().size() + " edits, " + session.source();
        report.add(Figure.amount("texts: history of " + of, "B", history.length, null, 75_000));
        report.add(Figure.amount("texts: sequential apply", "ms", samples(ours, Round::apply), null, 50));
        report.add(Figure.amount("texts: making the log of it", "ms", new Samples(encodings), null, Double.NaN));
        report.add(new Figure(
                "texts: opening beside reading a TEXT",
                "ms",
                samples(ours, Round::open),
                new Samples(plainReads),
                samples(ours, Round::open).median() / new Samples(plainReads).median(),
                Double.NaN));
        report.add(Figure.amount(
                "texts: merging branches of " + branches.even().size() + " edits",
                "ms",
                samples(ours, Round::merge),
                null,
                100));
        report.add(Figure.amount("texts: the same, the first time in this JVM", "ms", firstMerge, null, Double.NaN));
        others.forEach((name, theirs) -> {
            compare("history", "B", name, theirs, Round::bytes);
            compare("sequential apply", "ms", name, theirs, Round::apply);
            compare("opening", "ms", name, theirs, Round::open);
            compare("merging", "ms", name, theirs, Round::merge);
        });
    }

    private void compare(String what, String unit, String name, List<Round> theirs, ToDoubleFunction<Round> value) {
        Samples own = samples(ours, value);
        Samples other = samples(theirs, value);
        report.add(new Figure(
                "texts: " + what + " beside " + name, unit, own, other, own.median() / other.median(), Double.NaN));
    }

    private static Samples samples(List<Round> all, ToDoubleFunction<Round> value) {
        return new Samples(all.stream().mapToDouble(value).boxed().toList());
    }

    private static double millisSince(long begun) {
        return (System.nanoTime() - begun) / 1e6;
    }
}
