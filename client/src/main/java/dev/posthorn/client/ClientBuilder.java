package dev.posthorn.client;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How a {@link PosthornClient} connects, and its limits. Not thread-safe. TLS and tokens are not supported yet. */
public final class ClientBuilder {

  private final String host;
  private final int port;
  private int maxMessageBytes = 16 << 20;
  private Duration timeout = Duration.ofSeconds(60);
  private Duration loadTimeout = Duration.ofMinutes(10);

  ClientBuilder(String address) {
    if (address.contains("://")) {
      String scheme = address.substring(0, address.indexOf("://"));
      throw new IllegalArgumentException(
          "address: expected HOST:PORT, got '" + address + "'; " + scheme + ":// is not supported (the connection is plain gRPC, TLS is not supported yet)");
    }
    int colon = address.lastIndexOf(':');
    boolean bareIpv6 = address.indexOf(':') != colon && !address.startsWith("[");
    if (colon < 1 || bareIpv6 || !address.substring(colon + 1).matches("[0-9]{1,5}") || port(address, colon) > 65_535) {
      throw new IllegalArgumentException("address: expected HOST:PORT, such as localhost:8500 or [::1]:8500, got '" + address + "'");
    }
    host = address.substring(0, colon).replaceAll("^\\[|]$", "");
    port = port(address, colon);
  }

  private static int port(String address, int colon) {
    return Integer.parseInt(address.substring(colon + 1));
  }

  /** The largest message, sent or received; 16 MiB by default, as on the server, where limit {@code message} goes with it. */
  public ClientBuilder maxMessageBytes(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("maxMessageBytes: expected 1 or more, got " + bytes);
    }
    maxMessageBytes = bytes;
    return this;
  }

  /** How long a call waits that has no timeout of its own; 60 seconds by default. Streams are not limited by it. */
  public ClientBuilder timeout(Duration limit) {
    timeout = positive("timeout", limit);
    return this;
  }

  /** How long loading or unloading a model may take; 10 minutes by default. */
  public ClientBuilder loadTimeout(Duration limit) {
    loadTimeout = positive("loadTimeout", limit);
    return this;
  }

  /** The client. It connects when it is first used. */
  public PosthornClient build() {
    return build(NettyChannelBuilder.forAddress(host, port).usePlaintext().keepAliveTime(5, TimeUnit.MINUTES));
  }

  /** The same over another transport. */
  PosthornClient build(ManagedChannelBuilder<?> channel) {
    ManagedChannel connected = channel.maxInboundMessageSize(maxMessageBytes).build();
    return new PosthornClient(connected, maxMessageBytes, timeout, loadTimeout, System::nanoTime);
  }

  private static Duration positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + ": expected more than zero, got " + value);
    }
    return value;
  }
}
