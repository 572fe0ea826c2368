package dev.posthorn.server.grpc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Refuses connections over a number. Thread-safe. */
public final class ConnectionLimit extends ServerTransportFilter {
  private static final Attributes.Key<Boolean> ADMITTED = Attributes.Key.create("posthorn-admitted");

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  public ConnectionLimit(int most) {
    this.most = most;
  }

  /** Connections that are open. */
  public int open() {
    return open.get();
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "the server has " + most + " connections already (it can allow more with --limit connections=VALUE)")
          .asRuntimeException();
    }
    return attributes.toBuilder().set(ADMITTED, true).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    if (attributes != null && attributes.get(ADMITTED) != null) {
      open.decrementAndGet();
    }
  }
}
