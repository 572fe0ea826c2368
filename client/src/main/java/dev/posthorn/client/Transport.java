package dev.posthorn.client;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import dev.posthorn.v1.InferenceServiceGrpc.InferenceServiceStub;
import dev.posthorn.v1.ModelServiceGrpc;
import dev.posthorn.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import dev.posthorn.v1.ModelServiceGrpc.ModelServiceStub;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The connection to one server with its limits, its timer and its clock. Thread-safe. */
final class Transport {

  private final ManagedChannel channel;
  private final int maxMessageBytes;
  private final ScheduledExecutorService timer;
  private final LongSupplier clock;
  private final Set<PredictionStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Transport(ManagedChannel channel, int maxMessageBytes, LongSupplier clock) {
    this.channel = channel;
    this.maxMessageBytes = maxMessageBytes;
    this.clock = clock;
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "posthorn-client-timer");
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(10, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    timer = executor;
  }

  InferenceServiceBlockingStub blockingInference(Duration timeout) {
    return InferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), NANOSECONDS);
  }

  InferenceServiceStub inference(@Nullable Deadline deadline) {
    return InferenceServiceGrpc.newStub(channel).withDeadline(deadline);
  }

  ModelServiceBlockingStub blockingModels(Duration timeout) {
    return ModelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), NANOSECONDS);
  }

  /** For calls that last as long as their reader likes. */
  ModelServiceBlockingStub lastingModels() {
    return ModelServiceGrpc.newBlockingStub(channel);
  }

  ModelServiceStub models(Duration timeout) {
    return ModelServiceGrpc.newStub(channel).withDeadlineAfter(timeout.toNanos(), NANOSECONDS);
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  long nanos() {
    return clock.getAsLong();
  }

  /** Connects at the next call, without waiting for the end of gRPC's own pause after a failure. */
  void tryNow() {
    channel.resetConnectBackoff();
  }

  /** Refuses a message that would end its stream, with the way to raise the limit. */
  void checkSize(int bytes) {
    if (bytes > maxMessageBytes) {
      throw PosthornException.of(
          "TOO_LARGE",
          Code.RESOURCE_EXHAUSTED,
          "message: expected at most " + maxMessageBytes + " bytes, got " + bytes
              + "; send fewer rows, or raise maxMessageBytes of the client and limit 'message' of the server");
    }
  }

  void opened(PredictionStream stream) {
    streams.add(stream);
    if (closed) {
      streams.remove(stream);
      throw new IllegalStateException("the client is closed");
    }
  }

  void ended(PredictionStream stream) {
    streams.remove(stream);
  }

  /** Ends every call. */
  void close() {
    closed = true;
    streams.forEach(PredictionStream::cancel);
    timer.shutdownNow();
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
