package dev.posthorn.server.batching;

import dev.posthorn.engine.Model;

/**
 * Decides whether a request is computed on the thread that brought it. A model loses that right for good when its runs
 * take ten times what was estimated: three times within a thousand runs, because a single slow run is more often the
 * operating system's doing than the model's. Its counters are hints: races cost nothing.
 */
final class InlineGate {
  private static final int FACTOR = 10;
  private static final int STRIKES = 3;
  private static final int RUNS = 1000;

  private final Model model;
  private final long limitNanos;
  private volatile boolean open;
  private int strikes;
  private int runs;

  InlineGate(Model model, BatchPolicy policy) {
    this.model = model;
    this.limitNanos = policy.inlineLimit().toNanos();
    this.open = limitNanos > 0 && policy.maxDelay().isZero() && !model.usesPlugins();
  }

  boolean isOpen() {
    return open;
  }

  /** Whether a run of that estimate may take the caller's time. */
  boolean admits(int rows) {
    return open && model.estimateNanos(Math.max(1, rows)) <= limitNanos;
  }

  void ran(int rows, long nanos) {
    if (++runs > RUNS) {
      runs = 0;
      strikes = 0;
    }
    if (nanos > limitNanos && nanos / FACTOR > model.estimateNanos(Math.max(1, rows)) && ++strikes >= STRIKES) {
      open = false;
    }
  }
}
