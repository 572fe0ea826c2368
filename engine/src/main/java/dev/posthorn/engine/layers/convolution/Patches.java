package dev.posthorn.engine.layers.convolution;

import dev.posthorn.spi.Windows;
import java.util.Arrays;

/** The cells under windows as rows of a matrix: im2col. */
final class Patches {
  private Patches() {}

  /**
   * Writes the cells of {@code count} windows, one row each: cell by cell, {@code channels} numbers of each; zeros
   * outside the input.
   *
   * @param stride channels of a cell in the image
   * @param first the first of the channels to take
   */
  static void fill(
      Windows windows, Object x, int from, int stride, int first, int channels, int window, int count, Object rows) {
    int cells = windows.windowCells();
    int at = 0;
    for (int i = 0; i < count; i++) {
      for (int cell = 0; cell < cells; cell++) {
        int source = windows.cell(window + i, cell);
        if (source < 0) {
          zero(rows, at, channels);
        } else {
          System.arraycopy(x, from + source * stride + first, rows, at, channels);
        }
        at += channels;
      }
    }
  }

  private static void zero(Object rows, int at, int count) {
    if (rows instanceof float[] floats) {
      Arrays.fill(floats, at, at + count, 0);
    } else {
      Arrays.fill((double[]) rows, at, at + count, 0);
    }
  }
}
