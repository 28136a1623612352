/**
 * The {@code godwit} command. It only reads arguments, calls the engines' public API and prints.
 *
 * <p>Further subcommands come from {@link dev.godwit.cli.Subcommand} providers on the class path: that is how the demo and
 * the bench join, without this module knowing them.
 */
@NullMarked
package dev.godwit.cli;

import org.jspecify.annotations.NullMarked;
