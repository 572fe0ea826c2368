/** The load generator: messages over gRPC streams, in a closed or an open loop. */
@NullMarked
package dev.posthorn.cli.load;

import org.jspecify.annotations.NullMarked;
