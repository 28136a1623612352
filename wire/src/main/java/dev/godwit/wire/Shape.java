package dev.godwit.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Which fields of a message hold messages or packed numbers: as much as is needed to count what the generated parser is
 * about to allocate, without allocating it.
 *
 * <p>Two bytes of an empty message inside a repeated field become an object of some sixty bytes, and an unknown field
 * two more. So a message is walked first and its fields are counted, on every level; packed numbers count their
 * bytes. Unknown messages are not entered by the parser, nor here; groups, which it would enter, are refused.
 */
final class Shape {

    private static final Shape FLAT = new Shape(Map.of(), Set.of());
    private static final Shape BLOCK = new Shape(Map.of(4, FLAT), Set.of());
    private static final Shape REKEYED = new Shape(Map.of(2, FLAT, 3, FLAT), Set.of());
    private static final Shape APPLIED =
            new Shape(Map.of(1, FLAT, 2, new Shape(Map.of(2, FLAT), Set.of()), 3, REKEYED), Set.of());
    private static final Shape DUPLICATE = new Shape(Map.of(1, REKEYED), Set.of());
    static final Shape OUTCOME = new Shape(Map.of(1, APPLIED, 2, DUPLICATE), Set.of());
    private static final Shape RECEIPT = new Shape(Map.of(3, OUTCOME), Set.of());
    private static final Shape PAGE = new Shape(Map.of(2, BLOCK, 3, new Shape(Map.of(1, FLAT), Set.of())), Set.of());
    private static final Shape CUT = new Shape(Map.of(1, RECEIPT, 2, new Shape(Map.of(2, FLAT), Set.of())), Set.of());

    static final Shape CHANGES = new Shape(Map.of(1, BLOCK), Set.of());
    static final Shape FRAME = new Shape(
            Map.of(1, FLAT, 2, new Shape(Map.of(1, RECEIPT), Set.of()), 3, FLAT, 4, PAGE, 5, CUT, 6, FLAT), Set.of());
    static final Shape REQUEST = new Shape(
            Map.of(
                    10, new Shape(Map.of(), Set.of(1, 2, 3)),
                    11, new Shape(Map.of(), Set.of(1, 2, 3, 4, 5)),
                    12, FLAT,
                    13, new Shape(Map.of(), Set.of(2, 3, 4, 5, 6, 8, 9, 10, 11))),
            Set.of());

    private final Map<Integer, Shape> nested;
    private final Set<Integer> packed;

    private Shape(Map<Integer, Shape> nested, Set<Integer> packed) {
        this.nested = nested;
        this.packed = packed;
    }

    /** Parses bytes of this shape, or says what is wrong with them. */
    <M extends MessageLite> M parse(String what, byte[] bytes, int from, Parser<M> parser) {
        try {
            walk(what, CodedInputStream.newInstance(bytes, from, bytes.length - from), 0);
            return parser.parseFrom(CodedInputStream.newInstance(bytes, from, bytes.length - from));
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(what, e);
        } catch (IOException e) {
            throw new IllegalStateException("reading an array failed", e);
        }
    }

    /** Refuses bytes of this shape that have too many fields. */
    void check(String what, byte[] bytes) {
        try {
            walk(what, CodedInputStream.newInstance(bytes), 0);
        } catch (IOException e) {
            throw unreadable(what, e);
        }
    }

    static WireException unreadable(String what, Exception cause) {
        return new WireException(WireException.Kind.MALFORMED, what + " cannot be read: " + cause.getMessage(), cause);
    }

    /** Counts the fields of a message, those before it included, and checks the sum. */
    private int walk(String what, CodedInputStream in, int before) throws IOException {
        int fields = before;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            fields++;
            int type = WireFormat.getTagWireType(tag);
            if (type == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                fields = walkDelimited(what, in, WireFormat.getTagFieldNumber(tag), fields);
            } else if (type == WireFormat.WIRETYPE_START_GROUP || !in.skipField(tag)) {
                throw WireException.malformed(what + " cannot be read: it holds a group");
            }
            Bounds.check("fields of " + what, fields, "of fields in one message", Bounds.FIELDS);
        }
        return fields;
    }

    private int walkDelimited(String what, CodedInputStream in, int number, int fields) throws IOException {
        int length = in.readRawVarint32();
        Shape inner = nested.get(number);
        if (inner == null) {
            in.skipRawBytes(length);
            return packed.contains(number) ? (int) Math.min(Integer.MAX_VALUE, (long) fields + length) : fields;
        }
        int limit = in.pushLimit(length);
        int sum = inner.walk(what, in, fields);
        in.popLimit(limit);
        return sum;
    }
}
