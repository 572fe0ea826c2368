package dev.posthorn.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.posthorn.server.core.Faults;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;

/**
 * The one place where a failure becomes the end of a call. Handlers throw an InferenceException, or close their call
 * with a status that has one as its cause; the caller gets the right code with ErrorInfo.
 */
public final class ErrorInterceptor implements ServerInterceptor {
  /** A status for {@link ServerCall#close}, which this interceptor completes. */
  static Status status(Throwable cause) {
    return Status.UNKNOWN.withCause(cause);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Closing<Q, R> closing = new Closing<>(call);
    InboundBudget.whenRefused(closing::fail);
    try {
      return new Guarded<>(next.startCall(closing, headers), closing);
    } catch (RuntimeException e) {
      closing.fail(e);
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class Closing<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private boolean closed;

    Closing(ServerCall<Q, R> call) {
      super(call);
    }

    void fail(Throwable cause) {
      close(status(cause), new Metadata());
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (closed) {
        return;
      }
      closed = true;
      Throwable cause = status.getCause();
      if (status.isOk() || cause == null) {
        super.close(status, trailers);
        return;
      }
      InferenceException failure = Faults.of(known(cause));
      Status.Code code =
          cause instanceof SentModelFailure
              ? Failures.codeForSentModel(failure.reason())
              : Failures.code(failure.reason());
      super.close(Failures.status(failure, code), Failures.trailers(failure, code));
    }

    private static Throwable known(Throwable cause) {
      for (Throwable at = cause; at != null; at = at.getCause()) {
        if (at instanceof InferenceException) {
          return at;
        }
        if (at instanceof InvalidProtocolBufferException) {
          return new InferenceException(
              Reason.INVALID_ARGUMENT,
              Map.of(),
              "the message is not what the service expects: " + at.getMessage(),
              cause);
        }
      }
      return cause;
    }
  }

  private static final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Closing<Q, ?> call;

    Guarded(ServerCall.Listener<Q> listener, Closing<Q, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    private void guard(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        call.fail(e);
      }
    }
  }
}
