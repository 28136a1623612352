package dev.godwit.scheduler;

import java.nio.charset.StandardCharsets;

/** Items that are texts; some cannot be read. */
final class TextCodec implements ItemCodec<String> {
    @Override
    public byte[] encode(String item) {
        return item.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.startsWith("unreadable")) {
            throw new IllegalStateException("of another release");
        }
        return text;
    }
}
