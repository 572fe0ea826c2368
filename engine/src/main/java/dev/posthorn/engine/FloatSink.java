package dev.posthorn.engine;

/** Takes numbers one run after the other. */
@FunctionalInterface
public interface FloatSink {
  /**
   * Takes the next numbers.
   *
   * @param values begins with them; used again once this returns
   * @param count how many
   */
  void take(float[] values, int count);
}
