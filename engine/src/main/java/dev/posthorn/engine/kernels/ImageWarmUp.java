package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Windows;
import java.util.ArrayList;
import java.util.List;

/** One round of the kernels for images: every tile of every width of panel at least once. */
final class ImageWarmUp {
  /** In a row of 21 windows each number of windows at once has its turn: 12, 6, 2, 1 and 8, 4, 1. */
  private static final int WIDTH = 21;
  private static final int CHANNELS = 40;
  private static final int FEW_CHANNELS = 3;
  private static final int[] FILTERS = {16, 32, 48, 64, 1, 5};

  private final EngineKernels kernels;
  private final Windows three = windows(WIDTH, 3);
  private final Windows four = windows(WIDTH + 1, 3);
  private final List<Matrix> matrices = new ArrayList<>();
  private final float[] x = new float[3 * (WIDTH + 1) * CHANNELS];
  private final float[] y = new float[3 * (WIDTH + 1) * 64];
  private final float[] w = new float[9 * CHANNELS];

  ImageWarmUp(EngineKernels kernels) {
    this.kernels = kernels;
    for (int filters : FILTERS) {
      matrices.add(kernels.pack(new float[9 * FEW_CHANNELS * filters], 9 * FEW_CHANNELS, filters));
    }
  }

  private static Windows windows(int width, int size) {
    return new Windows(
        new int[] {1, 3, width}, new int[] {1, 3, width}, new int[] {1, size, size}, new int[] {1, 1, 1},
        new int[] {1, 1, 1}, new int[] {0, 1, 1});
  }

  void run() {
    for (int i = 0; i < matrices.size(); i++) {
      convolve(three, matrices.get(i), 1);
      convolve(four, matrices.get(i), 3);
    }
    for (int channels = FEW_CHANNELS; channels <= CHANNELS; channels += CHANNELS - FEW_CHANNELS) {
      kernels.convolutions().depthwise(three, channels, x, 0, w, null, true, y, 0, 0, 3);
      kernels.convolutions().depthwise(three, channels, x, 0, w, null, true, y, 0, 0, 1);
      kernels.poolings().max(three, channels, x, 0, y, 0, 0, 3);
      kernels.poolings().mean(three, channels, x, 0, y, 0, 0, 3);
    }
    kernels.channels().scaleShift(x, 0, y, 0, WIDTH, CHANNELS, w, w, 0);
    kernels.channels().scale(x, 0, y, 0, WIDTH, CHANNELS, w, 0);
    kernels.channels().add(x, 0, y, 0, y, 0, WIDTH * CHANNELS, 0);
    kernels.channels().max(x, 0, WIDTH, CHANNELS, y, 0);
    kernels.channels().mean(x, 0, WIDTH, CHANNELS, y, 0);
  }

  private void convolve(Windows windows, Matrix matrix, int rows) {
    kernels
        .convolutions()
        .convolve(windows, x, 0, FEW_CHANNELS, matrix, null, true, y, 0, matrix.columns(), 0, rows);
  }
}
