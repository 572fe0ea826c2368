package dev.posthorn.spi;

/**
 * Element-wise arithmetic in float32 on {@code rows} rows of n channels that lie one behind the other; each operation is
 * rounded. Results may replace an operand. Thread-safe; nothing is allocated.
 */
public interface Channels {
  /** y = max(x scale + shift, low) with one scale and one shift for each channel; low may be -infinity. */
  void scaleShift(
      float[] x, int xFrom, float[] y, int yFrom, int rows, int n, float[] scale, float[] shift, float low);

  /** y = x scale, with one scale for each channel, which begin at {@code scaleFrom}. */
  void scale(float[] x, int xFrom, float[] y, int yFrom, int rows, int n, float[] scale, int scaleFrom);

  /** y = max(a + b, low) for {@code count} numbers; low may be -infinity. */
  void add(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int count, float low);

  /** The largest number of each channel over all rows, of which there is at least one. */
  void max(float[] x, int xFrom, int rows, int n, float[] y, int yFrom);

  /** The mean of each channel over all rows, of which there is at least one. */
  void mean(float[] x, int xFrom, int rows, int n, float[] y, int yFrom);
}
