/**
 * The conformance kit: cases of merging, of messages and of whole exchanges, as data files, and the runner that puts them to an
 * implementation: this one in the same process, or any other as a child process that answers in lines of JSON.
 *
 * <p>Owns the format of the cases, which {@code conformance/README.md} specifies. Must not know the client: a device in a case is
 * a model of its own, which does what the protocol asks of it and nothing more.
 */
@NullMarked
package dev.godwit.conformance;

import org.jspecify.annotations.NullMarked;
