/**
 * The simulator: a server, devices, the network between them and their clocks on one thread, in virtual time, from one seed.
 * The real client, server and merge code on real SQLite files; only what stands behind the project's own interfaces (driver,
 * transport, device, server's clock) is replaced.
 *
 * <p>Owns the plan of a run, the world it runs in, the model it is checked against, and the shrinking of a run that failed.
 * Must not know how a device or a server stores.
 */
@NullMarked
package dev.godwit.simulation;

import org.jspecify.annotations.NullMarked;
