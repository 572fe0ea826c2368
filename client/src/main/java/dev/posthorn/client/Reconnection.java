package dev.posthorn.client;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.posthorn.v1.GetModelRequest;
import dev.posthorn.v1.GetModelResponse;
import dev.posthorn.v1.ModelVersion;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waits for a lost server to come back, and makes sure that the stream's models have no state before anything is sent again: a
 * stateful one would compute a message twice, or go on from nothing.
 */
final class Reconnection {

  private static final long FIRST_DELAY = Duration.ofMillis(50).toNanos();
  private static final long LONGEST_DELAY = Duration.ofSeconds(2).toNanos();
  private static final Duration ASKING = Duration.ofSeconds(5);

  private final Transport transport;
  private final Collection<String> models;
  private final long giveUpAt;
  private final Runnable success;
  private final Runnable failure;
  private long delay = FIRST_DELAY;

  Reconnection(Transport transport, Collection<String> models, long giveUpAt, Runnable success, Runnable failure) {
    this.transport = transport;
    this.models = models;
    this.giveUpAt = giveUpAt;
    this.success = success;
    this.failure = failure;
  }

  /** Runs one of the two outcomes on another thread, later. */
  void start() {
    long wait = delay / 2 + ThreadLocalRandom.current().nextLong(delay);
    delay = Math.min(2 * delay, LONGEST_DELAY);
    if (transport.nanos() + wait - giveUpAt >= 0) {
      transport.timer().execute(failure);
      return;
    }
    var unused = transport.timer().schedule(this::attempt, wait, NANOSECONDS);
  }

  private void attempt() {
    try {
      transport.tryNow();
      askNext(new ArrayDeque<>(models));
    } catch (RuntimeException e) {
      failure.run();
      throw e;
    }
  }

  private void askNext(ArrayDeque<String> remaining) {
    String model = remaining.poll();
    if (model == null) {
      success.run();
      return;
    }
    transport
        .models(ASKING)
        .getModel(
            GetModelRequest.newBuilder().setModel(model).build(),
            new StreamObserver<>() {
              @Override
              public void onNext(GetModelResponse response) {
                if (response.getModel().getVersionsList().stream().anyMatch(ModelVersion::getStateful)) {
                  failure.run();
                } else {
                  askNext(remaining);
                }
              }

              @Override
              public void onError(Throwable thrown) {
                Code code = PosthornException.of(thrown).code();
                if (code == Code.UNAVAILABLE || code == Code.NOT_FOUND || code == Code.DEADLINE_EXCEEDED) {
                  start(); // still away, or back and still loading
                } else {
                  failure.run();
                }
              }

              @Override
              public void onCompleted() {}
            });
  }
}
