/**
 * How concurrent writes of one cell become one value: pure functions, one rule per merge word, and the stamps that decide
 * between last writers.
 *
 * <p>The same functions run on the server, in log order, and on a device, to predict. They must not know I/O, threads or any
 * clock; they log nothing.
 */
@NullMarked
package dev.godwit.merge;

import org.jspecify.annotations.NullMarked;
