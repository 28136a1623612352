/**
 * What the scheduler needs of a desktop or a server: a clock that goes on while the device sleeps, and its conditions, from the
 * system bus of Linux by signals and from a system-information library elsewhere. Knows nothing of syncing, and must not be used
 * on Android, whose own services say these things.
 */
@NullMarked
package dev.godwit.desktop;

import org.jspecify.annotations.NullMarked;
