package dev.godwit.conformance;

import com.google.gson.JsonObject;
import java.io.IOException;

/** An implementation under test: it is asked one question after the other, as {@code conformance/README.md} lists them. */
public interface ConformanceSubject extends AutoCloseable {
    /**
     * Answers a question. What the implementation cannot do at all it answers with {@code unsupported}, and where it broke with
     * {@code error}; both are members of the answer, and neither is an exception.
     *
     * @throws IOException if the implementation cannot be asked any more
     */
    JsonObject answer(JsonObject question) throws IOException;

    @Override
    void close() throws IOException;
}
