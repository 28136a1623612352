/** Architecture and style as tests; nothing at run time. */
@NullMarked
package dev.godwit.checks;

import org.jspecify.annotations.NullMarked;
