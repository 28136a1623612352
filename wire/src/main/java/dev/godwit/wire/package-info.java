/**
 * The messages between device and server as records, and their bytes: protobuf messages, columnar row blocks, frames,
 * gzip, and bounds on everything that is decoded.
 *
 * <p>Begin at {@link dev.godwit.wire.SyncCodec}. Whatever bytes are decoded, nothing but a
 * {@link dev.godwit.wire.WireException} is thrown (and the {@link java.io.IOException} of a stream), and memory stays
 * within a fixed multiple of {@link dev.godwit.model.Limits}. It must not know databases or HTTP, and it does not log.
 *
 * <p>{@code Messages} is generated from {@code godwit.proto}. It is public because generated code always is, but it
 * is no API: no record and no method here takes or returns one, and it may change in any release.
 */
@NullMarked
package dev.godwit.wire;

import org.jspecify.annotations.NullMarked;
