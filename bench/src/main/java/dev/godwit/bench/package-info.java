/** The workload, timed through the public API, each figure beside its physical limit from the same run. */
@NullMarked
package dev.godwit.bench;

import org.jspecify.annotations.NullMarked;
