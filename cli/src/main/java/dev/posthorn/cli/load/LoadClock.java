package dev.posthorn.cli.load;

/**
 * When a load begins, when its figures begin, and when it ends, by {@link System#nanoTime}.
 */
record LoadClock(long start, long measured, long end) {
  private static final double NANOS_PER_SECOND = 1e9;

  static LoadClock of(long start, LoadPlan plan) {
    long measured = start + (long) (plan.warmUp() * NANOS_PER_SECOND);
    return new LoadClock(start, measured, measured + (long) (plan.seconds() * NANOS_PER_SECOND));
  }

  /** Whether a message that was sent at that moment belongs to the figures. */
  boolean counts(long when) {
    return when - measured >= 0 && when - end < 0;
  }
}
