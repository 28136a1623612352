/**
 * A story that verifies itself: a server process and devices on real files go through airplane mode, conflicts and a crash, and
 * every promise shown is checked by comparing databases row by row.
 */
@NullMarked
package dev.godwit.demo;

import org.jspecify.annotations.NullMarked;
