package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Convolutions;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Windows;
import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;
import org.jspecify.annotations.Nullable;

/** Convolutions as they are defined: cell by cell, channel by channel. */
final class ScalarConvolutions implements Convolutions {
  private final java.util.function.Function<Matrix, FMatrixRMaj> matrices;

  /** @param matrices unwraps a matrix of the reference kernels */
  ScalarConvolutions(java.util.function.Function<Matrix, FMatrixRMaj> matrices) {
    this.matrices = matrices;
  }

  @Override
  public void convolve(
      Windows windows, float[] x, int xFrom, int xCell, Matrix kernel, float @Nullable [] bias, boolean relu,
      float[] y, int yFrom, int yCell, int fromRow, int toRow) {
    float[] weights = matrices.apply(kernel).data;
    int filters = kernel.columns();
    int channels = kernel.rows() / windows.windowCells();
    for (int window = fromRow * windows.output(2); window < toRow * windows.output(2); window++) {
      int at = yFrom + window * yCell;
      start(bias, y, at, filters);
      for (int cell = 0; cell < windows.windowCells(); cell++) {
        int source = windows.cell(window, cell);
        for (int c = 0; c < channels && source >= 0; c++) {
          float value = x[xFrom + source * xCell + c];
          int row = (cell * channels + c) * filters;
          for (int f = 0; f < filters; f++) {
            y[at + f] += value * weights[row + f];
          }
        }
      }
      finish(relu, y, at, filters);
    }
  }

  @Override
  public void depthwise(
      Windows windows, int channels, float[] x, int xFrom, float[] kernel, float @Nullable [] bias, boolean relu,
      float[] y, int yFrom, int fromRow, int toRow) {
    for (int window = fromRow * windows.output(2); window < toRow * windows.output(2); window++) {
      int at = yFrom + window * channels;
      start(bias, y, at, channels);
      for (int cell = 0; cell < windows.windowCells(); cell++) {
        int source = windows.cell(window, cell);
        for (int c = 0; c < channels && source >= 0; c++) {
          y[at + c] += x[xFrom + source * channels + c] * kernel[cell * channels + c];
        }
      }
      finish(relu, y, at, channels);
    }
  }

  private static void start(float @Nullable [] bias, float[] y, int at, int n) {
    if (bias == null) {
      Arrays.fill(y, at, at + n, 0);
    } else {
      System.arraycopy(bias, 0, y, at, n);
    }
  }

  private static void finish(boolean relu, float[] y, int at, int n) {
    for (int i = at; relu && i < at + n; i++) {
      y[i] = Math.max(y[i], 0);
    }
  }
}
