package dev.godwit.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The head of an HTTP/1.1 message on the way, and where its body ends (RFC 9112, section 6). */
final class ChaosMessage {
    private static final int LONGEST_HEAD = 64 * 1024;

    private final String head;

    private ChaosMessage(String head) {
        this.head = head;
    }

    /** Reads a head; empty if the connection ends before it begins. */
    static Optional<ChaosMessage> read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String end = "\r\n\r\n";
        for (int matched = 0; matched < end.length(); ) {
            int b = in.read();
            if (b < 0 && bytes.size() == 0) {
                return Optional.empty();
            } else if (b < 0 || bytes.size() > LONGEST_HEAD) {
                throw new EOFException("no end of the headers after " + bytes.size() + " bytes");
            }
            bytes.write(b);
            matched = b == end.charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return Optional.of(new ChaosMessage(bytes.toString(StandardCharsets.ISO_8859_1)));
    }

    byte[] bytes() {
        return head.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** {@code POST /v1/sync}, without the version and the query. */
    String request() {
        String line = head.substring(0, head.indexOf("\r\n"));
        return line.substring(0, line.lastIndexOf(' ')).split("\\?", 2)[0];
    }

    Optional<String> header(String name) {
        return head.lines()
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst();
    }

    /** The same without a header, and without what says where the body ends; another length is put in its place. */
    ChaosMessage rewritten(String without, long length) {
        StringBuilder lines = new StringBuilder();
        head.lines()
                .filter(line -> !line.isEmpty())
                .filter(line -> !line.regionMatches(true, 0, without + ":", 0, without.length() + 1))
                .filter(line -> !line.regionMatches(true, 0, "content-length:", 0, 15))
                .filter(line -> !line.regionMatches(true, 0, "transfer-encoding:", 0, 18))
                .forEach(line -> lines.append(line).append("\r\n"));
        return new ChaosMessage(lines.append("Content-Length: ")
                .append(length)
                .append("\r\n\r\n")
                .toString());
    }

    /** Copies the body as it is, chunks with their sizes; true if only the end of the connection ends it. */
    boolean copyBody(InputStream in, OutputStream out) throws IOException {
        if (isChunked()) {
            for (long size = -1; size != 0; ) {
                String line = line(in);
                size = Long.parseLong(line.split(";", 2)[0].trim(), 16);
                out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                // the last is followed by the empty line alone, since nobody here sends trailers
                copy(in, out, size + 2);
            }
            return false;
        }
        Optional<String> length = header("Content-Length");
        if (length.isPresent() || !head.startsWith("HTTP/")) {
            copy(in, out, Long.parseLong(length.orElse("0")));
            return false;
        }
        in.transferTo(out);
        return true;
    }

    /** The body without the sizes of chunks. */
    byte[] body(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!isChunked()) {
            copyBody(in, bytes);
            return bytes.toByteArray();
        }
        for (long size = -1; size != 0; ) {
            size = Long.parseLong(line(in).split(";", 2)[0].trim(), 16);
            copy(in, bytes, size);
            in.skipNBytes(2);
        }
        return bytes.toByteArray();
    }

    private boolean isChunked() {
        return header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() > LONGEST_HEAD) {
                throw new EOFException("no size of a chunk");
            } else if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        for (long left = length; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException(left + " bytes of the body are missing");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }
}
