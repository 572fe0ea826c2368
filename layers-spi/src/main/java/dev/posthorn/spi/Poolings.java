package dev.posthorn.spi;

/**
 * Pooling of one image in float32, channels last, by ranges of rows of windows as in {@link Convolutions}. Cells outside
 * the image do not count. Thread-safe; nothing is allocated.
 */
public interface Poolings {
  /** The largest number of each window, for each channel. */
  void max(
      Windows windows, int channels, float[] x, int xFrom, float[] y, int yFrom, int fromRow, int toRow);

  /** The mean of each window, for each channel. */
  void mean(
      Windows windows, int channels, float[] x, int xFrom, float[] y, int yFrom, int fromRow, int toRow);
}
