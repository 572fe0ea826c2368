package dev.posthorn.server.grpc;

import dev.posthorn.server.core.Answer;
import dev.posthorn.server.core.CallCancellation;
import dev.posthorn.server.core.InferenceCore;
import dev.posthorn.server.core.ModelRef;
import dev.posthorn.server.core.PredictCall;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Predict: one message, one answer. */
final class PredictHandler implements ServerCallHandler<SentPredict, OutgoingMessage> {
  private final InferenceCore core;

  PredictHandler(InferenceCore core) {
    this.core = core;
  }

  @Override
  public ServerCall.Listener<SentPredict> startCall(
      ServerCall<SentPredict, OutgoingMessage> call, Metadata headers) {
    call.request(2);
    return new Listener(call);
  }

  /** What is left of the call's own deadline; {@link Long#MAX_VALUE} without one. */
  static long nanosLeft() {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null ? Long.MAX_VALUE : deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  private final class Listener extends ServerCall.Listener<SentPredict> implements PredictCall.Receiver {
    private final ServerCall<SentPredict, OutgoingMessage> call;
    private @Nullable SentPredict request;
    private volatile @Nullable CallCancellation cancellation;

    Listener(ServerCall<SentPredict, OutgoingMessage> call) {
      this.call = call;
    }

    @Override
    public void onMessage(SentPredict message) {
      if (message.undecodable != null) {
        throw message.undecodable;
      }
      request = message;
    }

    @Override
    public void onHalfClose() {
      SentPredict message = request;
      if (message == null) {
        throw new InferenceException(Reason.INVALID_ARGUMENT, "expected a PredictRequest, got none");
      }
      message.check(core.limits());
      CallCancellation ends = message.cancellation(nanosLeft());
      cancellation = ends;
      core.predict(
          new PredictCall(
              new ModelRef(message.model, message.version, message.label),
              message.tensors(),
              message.names,
              ends,
              null,
              this));
    }

    @Override
    public void onCancel() {
      CallCancellation ends = cancellation;
      if (ends != null) {
        ends.cancel();
      }
    }

    @Override
    public void answered(Answer answer) {
      SentPredict message = request;
      if (message == null) {
        return;
      }
      try {
        call.sendHeaders(new Metadata());
        call.sendMessage(Responses.predict(message, answer));
        call.close(Status.OK, new Metadata());
      } catch (RuntimeException e) {
        call.close(ErrorInterceptor.status(e), new Metadata());
      }
    }

    @Override
    public void failed(InferenceException failure) {
      call.close(ErrorInterceptor.status(failure), new Metadata());
    }
  }
}
