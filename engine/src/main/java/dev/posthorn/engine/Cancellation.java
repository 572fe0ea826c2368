package dev.posthorn.engine;

/** Asked before a run and between layers. */
@FunctionalInterface
public interface Cancellation {
  Cancellation NONE = () -> {};

  /**
   * Returns if the work is still wanted.
   *
   * @throws dev.posthorn.spi.InferenceException CANCELLED or DEADLINE_EXCEEDED
   */
  void check();
}
