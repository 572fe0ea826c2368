package dev.posthorn.server.batching;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.time.Duration;

/**
 * How the requests of one model are put together.
 *
 * @param maxRows rows of a joint batch; a larger single request runs alone
 * @param maxDelay how long a request waits for company; zero: it is only joined with what waits already
 * @param queueRows rows that may wait
 * @param queueBytes bytes of inputs that may wait
 * @param timeout how long a request may wait; zero: as long as its caller does
 * @param inlineLimit estimated time up to which a request is computed on the thread that brought it
 */
public record BatchPolicy(
    int maxRows, Duration maxDelay, int queueRows, long queueBytes, Duration timeout, Duration inlineLimit) {
  public static final BatchPolicy DEFAULT =
      new BatchPolicy(1024, Duration.ZERO, 8192, 64L << 20, Duration.ZERO, Duration.ofNanos(50_000));

  public BatchPolicy {
    if (maxRows < 1 || queueRows < 1 || queueBytes < 1
        || maxDelay.isNegative() || timeout.isNegative()
        || inlineLimit.isNegative()) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          "batching: expected max-rows, queue-rows, queue-bytes of at least 1 and no negative time, got " + maxRows
              + ", " + queueRows + ", " + queueBytes + ", " + maxDelay + ", " + timeout + ", "
              + inlineLimit);
    }
  }
}
