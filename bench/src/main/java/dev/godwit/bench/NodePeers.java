package dev.godwit.bench;

import dev.godwit.merge.Splice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Engines of JavaScript, in one process of Node that does a round when it is told to. */
final class NodePeers {
    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;

    private NodePeers(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Those that a folder {@code node_modules} holds; none if there is no Node. */
    static List<TextPeer> in(Path modules, Path folder, TextSession session, TextBranches branches) throws IOException {
        Path script = folder.resolve("peers.mjs");
        try (InputStream in = NodePeers.class.getResourceAsStream("peers.mjs")) {
            Files.write(
                    script, java.util.Objects.requireNonNull(in, "peers.mjs").readAllBytes());
        }
        Files.writeString(folder.resolve("session.tsv"), lines(session.edits()));
        Files.writeString(folder.resolve("even.tsv"), lines(branches.even()));
        Files.writeString(folder.resolve("odd.tsv"), lines(branches.odd()));
        Files.writeString(folder.resolve("text.txt"), session.text());
        Files.writeString(folder.resolve("merged.txt"), branches.merged());
        List<TextPeer> peers = new ArrayList<>();
        try {
            NodePeers node = new NodePeers(new ProcessBuilder(
                            "node", script.toString(), modules.toAbsolutePath().toString(), folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            String ready = node.answers.readLine();
            for (String name : ready == null || ready.isEmpty() ? new String[0] : ready.split(",")) {
                peers.add(node.peer(name));
            }
        } catch (IOException noNode) {
            return List.of();
        }
        return peers;
    }

    /** A line an edit: where, how many go, and what comes, with line ends and backslashes escaped. */
    private static String lines(List<Splice> edits) {
        StringBuilder lines = new StringBuilder();
        for (Splice edit : edits) {
            lines.append(edit.at())
                    .append('\t')
                    .append(edit.deleted())
                    .append('\t')
                    .append(edit.inserted()
                            .replace("\\", "\\\\")
                            .replace("\n", "\\n")
                            .replace("\r", "\\r"))
                    .append('\n');
        }
        return lines.toString();
    }

    private TextPeer peer(String name) {
        return new TextPeer() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Round round() throws IOException {
                orders.write(name + "\n");
                orders.flush();
                String line = answers.readLine();
                if (line == null) {
                    throw new IOException("node ended; its messages are above");
                }
                String[] said = line.split("\t", -1);
                return new Round(
                        Double.parseDouble(said[0]),
                        Double.parseDouble(said[1]),
                        Double.parseDouble(said[2]),
                        Double.parseDouble(said[3]),
                        said[4]);
            }

            @Override
            public void close() {
                try {
                    orders.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } finally {
                    process.destroy();
                }
            }
        };
    }
}
