package dev.posthorn.server;

import dev.posthorn.server.core.Limits;
import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Makes the builder of a gRPC server that listens somewhere. */
@FunctionalInterface
interface Transport {
  /** TCP. */
  Transport NETTY =
      (host, port, limits) ->
          NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
              .maxConcurrentCallsPerConnection(limits.streams())
              .permitKeepAliveTime(10, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true);

  ServerBuilder<?> builder(String host, int port, Limits limits);
}
