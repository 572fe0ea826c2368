/** Beside the server's own package, to measure its transport with its own decoder and nothing else. */
@NullMarked
package dev.posthorn.server.grpc;

import org.jspecify.annotations.NullMarked;
