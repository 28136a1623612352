package dev.godwit.client;

import java.io.IOException;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.Response;
import okio.BufferedSource;

/** A stream of server-sent events, read on a thread of its own. */
final class HttpLive implements Transport.Live {
    private static final int LONGEST_LINE = 4_096;

    private final Call call;
    private final Response response;
    private final Transport.LiveListener listener;
    private final AtomicBoolean over = new AtomicBoolean();

    private HttpLive(Call call, Response response, Transport.LiveListener listener) {
        this.call = call;
        this.response = response;
        this.listener = listener;
    }

    static HttpLive start(Call call, Response response, Transport.LiveListener listener) {
        HttpLive live = new HttpLive(call, response, listener);
        Thread thread = new Thread(live::read, "godwit-live-events");
        thread.setDaemon(true);
        thread.start();
        return live;
    }

    private void read() {
        Map<String, Long> heads = new LinkedHashMap<>();
        String reason = "the server ended the connection";
        try (BufferedSource source = response.body().source()) {
            while (!source.exhausted()) {
                String line = source.readUtf8LineStrict(LONGEST_LINE);
                if (line.startsWith("data: ")) {
                    take(line.substring(6), heads);
                } else if (line.isEmpty() && !heads.isEmpty()) {
                    listener.heads(Map.copyOf(heads));
                    heads.clear();
                }
            }
        } catch (IOException | RuntimeException broken) {
            reason = "the live connection broke: " + broken.getMessage();
        }
        if (over.compareAndSet(false, true)) {
            listener.ended(reason);
        }
    }

    private static void take(String data, Map<String, Long> heads) throws IOException {
        int space = data.indexOf(' ');
        if (space > 0) {
            heads.put(URLDecoder.decode(data.substring(0, space), "UTF-8"), Long.parseLong(data.substring(space + 1)));
        }
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            listener.ended("closed");
        }
        // the reader closes the response: two threads must not
        call.cancel();
    }
}
