package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The queue against a real server of somebody else's, which remembers idempotency keys, and whose answers get lost. */
@Timeout(60)
class SyncQueueServerTest {
    private static final int ITEMS = 200;

    @TempDir
    Path folder;

    private final Random random = new Random(Long.getLong("seed", 5));
    private final List<String> effects = new ArrayList<>();
    private final Map<String, Integer> asked = new TreeMap<>();
    private WorkRoom room;
    private HttpServer server;
    private int cutOff;

    @BeforeEach
    void open() throws IOException {
        room = new WorkRoom(folder);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/items", this::serve);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        room.close();
    }

    /** Takes effect once for each key; then often says nothing, or that it is busy. */
    private synchronized void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            int chance = random.nextInt(10);
            if (chance == 0) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            if (asked.merge(key, 1, Integer::sum) == 1) {
                effects.add(body);
            }
            if (chance < 5) {
                cutOff++;
                return; // it has taken effect, and the connection is closed without an answer
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private ItemOutcome post(QueueItem<String> item) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/items");
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(item.value().length()); // never sent twice by the JDK itself
        connection.setRequestProperty("Idempotency-Key", item.idempotencyKey());
        connection.setRequestProperty("Connection", "close");
        connection.getOutputStream().write(item.value().getBytes(StandardCharsets.US_ASCII));
        int status = connection.getResponseCode();
        return status == 200 ? ItemOutcome.done() : ItemOutcome.retry("status " + status);
    }

    @Test
    void eachItemTakesEffectOnceThoughAnswersAreLost() {
        room.open();
        ItemService<String> service = ItemService.each((item, run) -> post(item));
        SyncQueue<String> queue = SyncQueue.open(
                room.scheduler(),
                QueueOptions.of("items", new TextCodec(), service)
                        .withBackoff(Backoff.linear(1_000))
                        .withAttempts(0));
        List<String> items = new ArrayList<>();
        for (int i = 0; i < ITEMS; i++) {
            items.add("item " + i);
            queue.enqueue(NewItem.of("item " + i).withKey("k"));
        }
        for (int hours = 0; hours < 100 && queue.size(ItemState.WAITING) > 0; hours++) {
            room.driver.advance(WorkRoom.HOUR);
        }
        assertThat(effects).as("each once, in order").isEqualTo(items);
        assertThat(queue.size(ItemState.PROCESSED)).isEqualTo(ITEMS);
        assertThat(cutOff).as("answers that were lost").isGreaterThan(ITEMS / 3);
        assertThat(asked.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(ITEMS + cutOff);
    }
}
