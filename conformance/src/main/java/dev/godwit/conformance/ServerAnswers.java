package dev.godwit.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.Grant;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import dev.godwit.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One server of this implementation at a time, on a file of its own, asked in bytes. */
final class ServerAnswers {
    private static final JdbcSqlite DRIVER = new JdbcSqlite();
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Random random = new Random(1);
    private final List<CompletableFuture<Void>> stops = new ArrayList<>();
    private @Nullable Path folder;
    private @Nullable SyncServer engine;
    private @Nullable Schema schema;
    private long now;
    private long retention;

    JsonObject answer(JsonObject question) throws IOException {
        if (question.has("now")) {
            now = Values.number(question.get("now"));
        }
        JsonObject answer = new JsonObject();
        switch (question.get("ask").getAsString()) {
            case "open" -> {
                leave();
                folder = newFolder();
                retention = Values.number(question.get("retention"));
                schema = read(question);
                start();
            }
            case "exchange" -> answer.addProperty("answer", HexFormat.of().formatHex(exchange(question)));
            case "restart" -> {
                running().close();
                schema = question.has("schema") ? read(question) : schema;
                start();
            }
            case "save" -> copy("server.db", text(question, "name"));
            case "restore" -> copy(text(question, "name"), "server.db");
            case "forget" -> running().forget();
            default -> leave();
        }
        return answer;
    }

    /** In memory where the machine has such a place: these servers live for a moment, and prove nothing about disks. */
    private static Path newFolder() throws IOException {
        return Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "godwit-conformance")
                : Files.createTempDirectory("godwit-conformance");
    }

    private static Schema read(JsonObject question) {
        return new SchemaReader(DRIVER).read("schema", text(question, "schema"));
    }

    private void start() {
        if (folder == null || schema == null) {
            throw new IllegalStateException("no server is open");
        }
        String file = folder.resolve("server.db").toString();
        engine = SyncServer.open(ServerOptions.of(schema, DRIVER, file, () -> now, this::uuid)
                .withRetention(retention == 0 ? ServerOptions.RETENTION_MILLIS : retention));
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private SyncServer running() {
        SyncServer running = engine;
        if (running == null) {
            throw new IllegalStateException("no server is open");
        }
        return running;
    }

    private void copy(String from, String to) throws IOException {
        running().close();
        Path place = java.util.Objects.requireNonNull(folder, "folder");
        Files.copy(place.resolve(from), place.resolve(to), StandardCopyOption.REPLACE_EXISTING);
        start();
    }

    private byte[] exchange(JsonObject question) throws IOException {
        Set<String> scopes = new HashSet<>();
        for (JsonElement scope : question.getAsJsonArray("scopes")) {
            scopes.add(scope.getAsString());
        }
        Grant grant = new Grant(
                text(question, "subject"), scopes, question.get("read_only").getAsBoolean());
        List<Frame> frames = new ArrayList<>();
        try {
            byte[] bytes = JsonToMessage.hex(text(question, "request"));
            SyncRequest request = SyncCodec.decodeRequest(bytes, Limits.DEFAULT);
            running().sync(grant, request, frames::add);
        } catch (WireException broken) {
            boolean large = broken.kind() == WireException.Kind.TOO_LARGE;
            Refusal.Code code = large ? Refusal.Code.TOO_LARGE : Refusal.Code.MALFORMED;
            frames.add(new Refusal(code, String.valueOf(broken.getMessage()), 0));
        }
        return WireAnswers.stream(frames);
    }

    private static String text(JsonObject question, String member) {
        return question.get(member).getAsString();
    }

    /** Lets the server go; stopping takes a tenth of a second, which the next case does not wait for. */
    private void leave() {
        SyncServer running = engine;
        Path place = folder;
        engine = null;
        folder = null;
        if (running != null && place != null) {
            stops.add(
                    CompletableFuture.runAsync(() -> remove(running, place), runnable -> new Thread(runnable).start()));
        }
    }

    private static void remove(SyncServer running, Path place) {
        running.close();
        try (Stream<Path> files = Files.walk(place)) {
            files.sorted(Comparator.reverseOrder()).forEach(ServerAnswers::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until every server has stopped and its files are gone. */
    void close() {
        leave();
        stops.forEach(CompletableFuture::join);
        stops.clear();
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
