package dev.posthorn.server.grpc;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Limits the connections. The calls of one over the limit are refused with a proper status, which a connection that is
 * cut off would never see; from twice the limit on, connections are cut off. Thread-safe.
 */
public final class ConnectionLimit extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<Boolean> ADMITTED = Attributes.Key.create("posthorn-admitted");

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  public ConnectionLimit(int most) {
    this.most = most;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    int now = open.incrementAndGet();
    if (now > 2L * most) {
      open.decrementAndGet();
      throw Status.RESOURCE_EXHAUSTED.withDescription("too many connections").asRuntimeException();
    }
    return attributes.toBuilder().set(ADMITTED, now <= most).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    if (attributes != null && attributes.get(ADMITTED) != null) {
      open.decrementAndGet();
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (Boolean.FALSE.equals(call.getAttributes().get(ADMITTED))) {
      throw new InferenceException(
          Reason.QUEUE_FULL,
          Map.of("limit", "connections", "expected", "at most " + most),
          "the server has " + most
              + " connections already (connect again later, or raise it with --limit connections=VALUE)");
    }
    return next.startCall(call, headers);
  }
}
