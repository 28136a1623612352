/** Everything in one jar; nothing of its own. */
@NullMarked
package dev.godwit.dist;

import org.jspecify.annotations.NullMarked;
