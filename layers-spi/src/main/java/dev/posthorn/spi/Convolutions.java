package dev.posthorn.spi;

import org.jspecify.annotations.Nullable;

/**
 * Convolutions of one image in float32, channels last. Each works on a range of rows of windows ({@link Windows#rows()}),
 * so that several threads can share an image; a number's bits do not depend on the range. Thread-safe; nothing is
 * allocated.
 */
public interface Convolutions {
  /**
   * y = bias + the cells under each window times the kernel, and max(y, 0) if wanted. Cells outside the image are zeros.
   *
   * @param x the image's first channel of interest is at {@code xFrom}
   * @param xCell the distance from one cell of the image to the next
   * @param kernel {@code cells of a window * channels} rows, one column for each filter
   * @param y where the image's result begins: {@code yFrom}, also if the range does not begin with row 0
   * @param yCell the distance from one cell of the result to the next
   * @param fromRow the first row of windows
   * @param toRow behind the last row of windows
   */
  void convolve(
      Windows windows, float[] x, int xFrom, int xCell, Matrix kernel, float @Nullable [] bias, boolean relu,
      float[] y, int yFrom, int yCell, int fromRow, int toRow);

  /**
   * Each channel by itself.
   *
   * @param kernel {@code channels} numbers for each cell of a window
   */
  void depthwise(
      Windows windows, int channels, float[] x, int xFrom, float[] kernel, float @Nullable [] bias, boolean relu,
      float[] y, int yFrom, int fromRow, int toRow);
}
