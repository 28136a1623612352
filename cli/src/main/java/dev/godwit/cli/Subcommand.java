package dev.godwit.cli;

import java.util.concurrent.Callable;

/** A subcommand that another module adds: a picocli command, found by {@link java.util.ServiceLoader}. */
public interface Subcommand extends Callable<Integer> {}
