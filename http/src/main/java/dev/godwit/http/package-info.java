/**
 * The server over HTTP: endpoints, tokens, TLS and the bounds on what comes in. It must not know how anything is stored.
 */
@NullMarked
package dev.godwit.http;

import org.jspecify.annotations.NullMarked;
