package dev.posthorn.server.core;

import dev.posthorn.engine.Cancellation;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.concurrent.TimeUnit;

/** Ends a call's work when its caller has gone or its time is over. Thread-safe. */
public final class CallCancellation implements Cancellation {
  private final long start;
  private final long nanos;
  private volatile boolean cancelled;

  private CallCancellation(long start, long nanos) {
    this.start = start;
    this.nanos = nanos;
  }

  /** One without a time limit. */
  public static CallCancellation create() {
    return new CallCancellation(0, Long.MAX_VALUE);
  }

  /** One whose time is over {@code nanos} after {@code start} on {@link System#nanoTime()}'s scale. */
  public static CallCancellation after(long start, long nanos) {
    return new CallCancellation(start, nanos);
  }

  public void cancel() {
    cancelled = true;
  }

  @Override
  public void check() {
    if (cancelled) {
      throw new InferenceException(Reason.CANCELLED, "the caller cancelled");
    }
    if (nanos != Long.MAX_VALUE && System.nanoTime() - start > nanos) {
      throw new InferenceException(
          Reason.DEADLINE_EXCEEDED, "no answer within " + TimeUnit.NANOSECONDS.toMicros(nanos) + " microseconds");
    }
  }
}
