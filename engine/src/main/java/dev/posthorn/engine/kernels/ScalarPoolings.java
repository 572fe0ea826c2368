package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Poolings;
import dev.posthorn.spi.Windows;

/** Pooling as it is defined: cell by cell, channel by channel. */
final class ScalarPoolings implements Poolings {
  @Override
  public void max(
      Windows windows, int channels, float[] x, int xFrom, float[] y, int yFrom, int fromRow, int toRow) {
    for (int window = fromRow * windows.output(2); window < toRow * windows.output(2); window++) {
      int at = yFrom + window * channels;
      java.util.Arrays.fill(y, at, at + channels, Float.NEGATIVE_INFINITY);
      for (int cell = 0; cell < windows.windowCells(); cell++) {
        int source = windows.cell(window, cell);
        for (int c = 0; c < channels && source >= 0; c++) {
          y[at + c] = Math.max(y[at + c], x[xFrom + source * channels + c]);
        }
      }
    }
  }

  @Override
  public void mean(
      Windows windows, int channels, float[] x, int xFrom, float[] y, int yFrom, int fromRow, int toRow) {
    for (int window = fromRow * windows.output(2); window < toRow * windows.output(2); window++) {
      int at = yFrom + window * channels;
      int count = 0;
      java.util.Arrays.fill(y, at, at + channels, 0);
      for (int cell = 0; cell < windows.windowCells(); cell++) {
        int source = windows.cell(window, cell);
        count += source < 0 ? 0 : 1;
        for (int c = 0; c < channels && source >= 0; c++) {
          y[at + c] += x[xFrom + source * channels + c];
        }
      }
      for (int c = 0; c < channels; c++) {
        y[at + c] /= count;
      }
    }
  }
}
