package dev.posthorn.server.grpc;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lets only those through who may change what the server serves. */
public final class AdminInterceptor implements ServerInterceptor {
  /** Who may manage the server. */
  public enum Access {
    /** Nobody: {@code --admin} was not given. */
    NOBODY,
    /** Callers on this machine. */
    LOOPBACK,
    /** Everybody who reaches the port. */
    EVERYBODY
  }

  private final Access access;
  private final Predicate<String> guarded;

  /** An interceptor for the methods whose full name fits. */
  public AdminInterceptor(Access access, Predicate<String> guarded) {
    this.access = access;
    this.guarded = guarded;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (guarded.test(call.getMethodDescriptor().getFullMethodName())) {
      switch (access) {
        case NOBODY ->
            throw new InferenceException(
                Reason.PERMISSION_DENIED, "management is turned off here (start the server with --admin)");
        case LOOPBACK -> {
          if (!isLocal(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))) {
            throw new InferenceException(
                Reason.PERMISSION_DENIED,
                "management is open to callers on the server's machine only (or start it with --admin-host and"
                    + " --insecure)");
          }
        }
        case EVERYBODY -> {}
      }
    }
    return next.startCall(call, headers);
  }

  /** In-process callers have no internet address. */
  private static boolean isLocal(@Nullable SocketAddress address) {
    return !(address instanceof InetSocketAddress internet)
        || internet.getAddress() != null && internet.getAddress().isLoopbackAddress();
  }
}
