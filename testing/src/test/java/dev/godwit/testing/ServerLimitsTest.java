package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.SyncResult;
import dev.godwit.client.Transport;
import dev.godwit.client.TransportException;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limits that the server keeps, over HTTP where they are HTTP's: at the limit served, beyond it refused by its name. */
@Timeout(60)
class ServerLimitsTest {
    @TempDir
    Path folder;

    private OverHttp over(String name, Object... limits) {
        Path own = folder.resolve(name);
        own.toFile().mkdirs();
        return new OverHttp(own, TestLimits.with(limits), null);
    }

    @Test
    void requestBytes() throws IOException {
        byte[] request = SyncCodec.encodeRequest(Requests.pull("red"));
        try (OverHttp enough = over("enough", "requestBytes", request.length);
                OverHttp little = over("little", "requestBytes", request.length - 1)) {
            for (boolean gzip : new boolean[] {false, true}) {
                byte[] body = gzip ? Gzip.compress(request) : request;
                assertThat(enough.post(body, gzip).status()).isEqualTo(200);
                OverHttp.Raw refused = little.post(body, gzip);
                assertThat(refused.status()).isEqualTo(413);
                assertThat(refused.text()).contains("requestBytes = " + (request.length - 1));
            }
        }
    }

    @Test
    void requestBytesAsADeviceSeesIt() {
        try (OverHttp little = over("little", "requestBytes", 20);
                OverHttp.Connected device = little.device("a")) {
            device.write("1", "x");
            SyncResult result = device.db().sync();
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message()).contains("requestBytes = 20", "#too-large");
            assertThat(result.pending()).isEqualTo(1);
        }
    }

    /** Who writes much of the same makes no bomb: a peer may not compress what it sends so that the other refuses it. */
    @Test
    void whatCompressesAThousandfoldIsSentLikeAnythingElse() {
        try (OverHttp over = over("same");
                OverHttp.Connected device = over.device("a")) {
            device.write("1", "0".repeat(3 << 20));
            SyncResult sent = device.db().sync();
            assertThat(sent.isSynced()).as(sent.toString()).isTrue();
        }
    }

    @Test
    void whatCompressesAThousandfoldIsFetchedLikeAnythingElse() {
        try (OverHttp over = over("same");
                OverHttp.Connected device = over.device("a")) {
            try (SqliteConnection operator = over.server.sql()) {
                operator.execute("insert into task values ('1', 'red', hex(zeroblob(" + (3 << 19) + ")))");
            }
            over.server.engine().tick();
            SyncResult fetched = device.db().sync();
            assertThat(fetched.isSynced()).as(fetched.toString()).isTrue();
        }
    }

    @Test
    void scopesPerDevice() throws IOException {
        SyncRequest one = Requests.pull("red");
        List<ScopePosition> scopes =
                List.of(one.scopes().get(0), new ScopePosition("blue", Checkpoint.NONE, Cursor.NONE));
        SyncRequest two = new SyncRequest(1, one.device(), 0, one.clock(), scopes, List.of(), List.of(), "");
        try (OverHttp over = over("one", "scopesPerDevice", 1)) {
            assertThat(over.post(SyncCodec.encodeRequest(one), false).status()).isEqualTo(200);
            OverHttp.Raw refused = over.post(SyncCodec.encodeRequest(two), false);
            assertThat(refused.status()).isEqualTo(413);
            assertThat(refused.text()).contains("scopesPerDevice = 1");
        }
    }

    private static final Transport.LiveListener NOBODY = new Transport.LiveListener() {
        @Override
        public void heads(Map<String, Long> heads) {}

        @Override
        public void ended(String reason) {}
    };

    @Test
    void liveConnections() {
        try (OverHttp over = over("live", "liveConnections", 2, "pokeMillis", 1_000L);
                OverHttp.Connected device = over.device("a")) {
            Transport.Live first = device.transport().live(List.of("red"), NOBODY);
            try (Transport.Live second = device.transport().live(List.of("red"), NOBODY)) {
                assertThat(second).isNotNull();
                assertThatThrownBy(() -> device.transport().live(List.of("red"), NOBODY))
                        .isInstanceOfSatisfying(TransportException.class, refused -> {
                            assertThat(refused.kind()).isEqualTo(TransportException.Kind.OVERLOADED);
                            assertThat(refused.retryAfterMillis()).isEqualTo(30_000);
                        })
                        .hasMessageContaining("liveConnections = 2");
                assertThat(device.db().sync().isSynced())
                        .as("it can still poll")
                        .isTrue();
                first.close();
                // the server notices at its next poke
                Optional<Transport.Live> third = Optional.empty();
                while (third.isEmpty()) {
                    third = tryLive(device);
                }
                third.get().close();
            }
        }
    }

    private static Optional<Transport.Live> tryLive(OverHttp.Connected device) {
        try {
            return Optional.of(device.transport().live(List.of("red"), NOBODY));
        } catch (TransportException full) {
            return Optional.empty();
        }
    }

    /** A request whose body stops in the middle. */
    private static Socket half(OverHttp over, byte[] body) throws IOException {
        URI address = URI.create(over.address());
        Socket socket = new Socket(InetAddress.getByName(address.getHost()), address.getPort());
        socket.getOutputStream()
                .write(("POST /v1/sync HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                                + over.token() + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body, 0, body.length / 2);
        socket.getOutputStream().flush();
        return socket;
    }

    @Test
    void syncsThatRunAtOnceAreTwiceWaitingPushes() throws IOException {
        byte[] body = SyncCodec.encodeRequest(Requests.pull("red"));
        List<Socket> hanging = new ArrayList<>();
        try (OverHttp over = over("busy", "waitingPushes", 1);
                OverHttp.Connected device = over.device("a")) {
            hanging.add(half(over, body));
            device.write("1", "x");
            SyncResult result = device.db().sync();
            assertThat(result.isSynced()).as("beside one that hangs").isTrue();
            // one that comes before the device's own place is free again gets none
            while (result.isSynced()) {
                assertThat(hanging).as("let in").hasSizeLessThan(50);
                hanging.add(half(over, body));
                result = device.db().sync();
            }
            assertThat(result.outcome()).isEqualTo(SyncResult.End.LATER);
            assertThat(result.message()).contains("busy", "#overloaded");
            assertThat(result.retryAfterMillis()).isEqualTo(2_000);
            assertThat(over.post(body, false).status()).isEqualTo(503);
            int served = 0;
            for (int i = hanging.size() - 1; i >= 0; i--) {
                served += restIsServed(hanging.get(i), body) ? 1 : 0;
            }
            assertThat(served).isEqualTo(2);
            while (!result.isSynced()) {
                result = device.db().sync();
            }
        } finally {
            for (Socket socket : hanging) {
                socket.close();
            }
        }
    }

    /** Sends the second half and reads the answer; a connection that was refused before may be gone. */
    private static boolean restIsServed(Socket socket, byte[] body) {
        try {
            socket.getOutputStream().write(body, body.length / 2, body.length - body.length / 2);
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    .startsWith("HTTP/1.1 200");
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void waitingPushesBehindOneThatIsDecided() throws InterruptedException {
        CountDownLatch deciding = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<Frame> first = new ArrayList<>();
        List<Frame> second = new ArrayList<>();
        List<Frame> third = new ArrayList<>();
        try (InProcessServer server = new InProcessServer(
                folder.resolve("s.db"),
                OverHttp.SCHEMA,
                TestLimits.with("waitingPushes", 1),
                List.of((table, before, after) -> {
                    deciding.countDown();
                    await(go);
                    return Optional.empty();
                }),
                1)) {
            Thread one = push(server, first);
            deciding.await();
            Thread two = push(server, second);
            while (two.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            Thread three = push(server, third);
            three.join();
            assertThat(third)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.LATER));
            go.countDown();
            one.join();
            two.join();
            for (List<Frame> answer : List.of(first, second)) {
                assertThat(answer.get(answer.size() - 1)).isInstanceOf(Cut.class);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread push(InProcessServer server, List<Frame> answer) {
        RowBlock row = new RowBlock(
                "task",
                RowKind.INSERT,
                List.of(
                        new BlockColumn("id", ColumnRole.KEY),
                        new BlockColumn("team", ColumnRole.SET),
                        new BlockColumn("title", ColumnRole.SET)),
                List.<Value[]>of(new Value[] {Value.of("1"), Value.of("red"), Value.of("x")}));
        PushedTransaction transaction = new PushedTransaction(
                TransactionId.of(1_800_000_000_000L, new UUID(1, 0x8000000000000000L)),
                1,
                Map.of(),
                new DeviceClock(1_800_000_000_000L, 1, "boot"),
                List.of(),
                false,
                Changes.encode(List.of(row)));
        SyncRequest request =
                Requests.request(0, new ScopePosition("red", Checkpoint.NONE, Cursor.NONE), List.of(transaction));
        Thread thread = new Thread(() -> {
            try {
                server.engine().sync(new Grant("ann", Set.of("red"), false), request, answer::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
