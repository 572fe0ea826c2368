/** The gRPC services: messages in, calls of the core, messages out. */
@NullMarked
package dev.posthorn.server.grpc;

import org.jspecify.annotations.NullMarked;
