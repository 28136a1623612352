/**
 * Parts for tests of applications and of the engine itself: a server in the process, a network that fails on command, a clock
 * that moves on command. Everything below them is real: SQLite on files, the engines, every byte of the protocol. And the contracts that every
 * driver of SQLite keeps, as test classes to extend.
 */
@NullMarked
package dev.godwit.testing;

import org.jspecify.annotations.NullMarked;
