package dev.posthorn.server.grpc;

import dev.posthorn.engine.TracedCall;
import dev.posthorn.server.core.CallCancellation;
import dev.posthorn.server.core.InferenceCore;
import dev.posthorn.server.core.ModelRef;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Trace: one message for each call of a layer. The run waits on a thread of its own whenever the reader is not ready, so
 * only so many run at a time.
 */
final class TraceHandler implements ServerCallHandler<SentPredict, OutgoingMessage> {
  private static final int AT_A_TIME = 16;

  private final InferenceCore core;
  private final Semaphore permits = new Semaphore(AT_A_TIME);

  TraceHandler(InferenceCore core) {
    this.core = core;
  }

  @Override
  public ServerCall.Listener<SentPredict> startCall(
      ServerCall<SentPredict, OutgoingMessage> call, Metadata headers) {
    call.request(2);
    return new Listener(call);
  }

  private final class Listener extends ServerCall.Listener<SentPredict> {
    private final ServerCall<SentPredict, OutgoingMessage> call;
    private @Nullable SentPredict request;
    private volatile @Nullable CallCancellation cancellation;
    private final Object change = new Object();

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
        throw new InferenceException(Reason.INVALID_ARGUMENT, "expected a TraceRequest, got none");
      }
      message.check(core.limits());
      ModelRef ref = new ModelRef(message.model, message.version, message.label);
      if (!permits.tryAcquire()) {
        throw new InferenceException(
            Reason.QUEUE_FULL,
            Map.of("expected", "at most " + AT_A_TIME),
            AT_A_TIME + " traces are running already; try again");
      }
      CallCancellation ends = message.cancellation(PredictHandler.nanosLeft());
      cancellation = ends;
      Thread.ofVirtual().name("posthorn-trace").start(() -> run(message, ref, ends));
    }

    private void run(SentPredict message, ModelRef ref, CallCancellation ends) {
      try {
        call.sendHeaders(new Metadata());
        boolean raw = message.anyRaw();
        core.trace(
            ref,
            message.tensors(),
            Set.copyOf(message.names),
            ends,
            (traced, version) -> write(traced, version, raw, ends));
        call.close(Status.OK, new Metadata());
      } catch (Throwable t) {
        call.close(ErrorInterceptor.status(t), new Metadata());
      } finally {
        permits.release();
      }
    }

    private void write(TracedCall traced, long version, boolean raw, CallCancellation ends) {
      awaitReady(ends);
      call.sendMessage(Responses.traced(traced, version, raw));
    }

    private void awaitReady(CallCancellation ends) {
      synchronized (change) {
        ends.check();
        while (!call.isReady()) {
          try {
            change.wait(100);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InferenceException(Reason.CANCELLED, "interrupted");
          }
          ends.check();
        }
      }
    }

    private void signal() {
      synchronized (change) {
        change.notifyAll();
      }
    }

    @Override
    public void onReady() {
      signal();
    }

    @Override
    public void onCancel() {
      CallCancellation ends = cancellation;
      if (ends != null) {
        ends.cancel();
      }
      signal();
    }
  }
}
