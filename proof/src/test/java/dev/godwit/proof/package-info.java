/**
 * Tests that take long or break real things: power cuts, killed processes, disks that fail, networks that lie, many seeds.
 * They run with {@code -Pproof}; the quick ones of their kind run in every build, beside what they test.
 */
@NullMarked
package dev.godwit.proof;

import org.jspecify.annotations.NullMarked;
