package dev.posthorn.server.batching;

import dev.posthorn.engine.Model;

/**
 * Decides whether a request is computed on the thread that brought it. The model's own estimate stems from warming up,
 * when its code may not have been compiled yet; so it is corrected by what runs really took, wherever they ran. A model
 * that gets fast comes to the caller's thread, one that gets slow leaves it.
 *
 * <p>Runs on the caller's thread that take ten times what was expected take the model to the workers at once: three in a
 * row, because a single one is more often the operating system's doing than the model's. It comes back if the workers
 * find it quick. All counters are hints: races cost nothing.
 */
final class InlineGate {
  private static final int FACTOR = 10;
  private static final int STRIKES = 3;
  private static final int WEIGHT = 16;

  private final Model model;
  private final long limitNanos;
  private final boolean open;
  private volatile double correction = 1;
  private int strikes;

  InlineGate(Model model, BatchPolicy policy) {
    this.model = model;
    this.limitNanos = policy.inlineLimit().toNanos();
    this.open = limitNanos > 0 && policy.maxDelay().isZero() && !model.usesPlugins();
  }

  /** Whether a run of that many rows may take the caller's time. */
  boolean admits(int rows) {
    if (!open) {
      return false;
    }
    long estimate = estimate(rows);
    return estimate != Long.MAX_VALUE && estimate * correction <= limitNanos;
  }

  private long estimate(int rows) {
    return Math.max(1, model.estimateNanos(Math.max(1, rows)));
  }

  /** A run on the caller's thread took that long, or failed if negative. */
  void ranInline(int rows, long nanos) {
    double expected = estimate(rows) * correction;
    boolean slow = nanos > limitNanos && nanos > FACTOR * expected;
    strikes = slow ? strikes + 1 : 0;
    if (strikes >= STRIKES) {
      strikes = 0;
      correction = nanos / (double) estimate(rows);
    } else {
      ran(rows, nanos);
    }
  }

  /** A run took that long, or failed if negative; one far above the average counts as twice the average. */
  void ran(int rows, long nanos) {
    long estimate = estimate(rows);
    if (nanos >= 0 && estimate != Long.MAX_VALUE) {
      double before = correction;
      double ratio = Math.min(nanos / (double) estimate, 2 * before);
      correction = before + (ratio - before) / WEIGHT;
    }
  }
}
