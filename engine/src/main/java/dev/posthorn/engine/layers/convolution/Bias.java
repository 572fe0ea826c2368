package dev.posthorn.engine.layers.convolution;

import dev.posthorn.spi.Weight;
import java.util.Arrays;
import java.util.Optional;

/** A bias of one number for each channel. */
final class Bias {
  private Bias() {}

  /** Adds it to rows of as many numbers. */
  static void add(Optional<Weight> bias, Object y, int from, int rows) {
    if (bias.isEmpty()) {
      return;
    }
    if (y instanceof float[] floats) {
      float[] own = bias.get().floats();
      int n = bias.get().shape().size();
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < n; i++) {
          floats[from + row * n + i] += own[i];
        }
      }
    } else {
      double[] own = bias.get().doubles();
      int n = bias.get().shape().size();
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < n; i++) {
          ((double[]) y)[from + row * n + i] += own[i];
        }
      }
    }
  }

  /** Sets {@code rows} rows of n numbers to the bias, or to zero. */
  static void set(Optional<Weight> bias, Object y, int from, int rows, int n) {
    if (bias.isEmpty()) {
      zero(y, from, rows * n);
      return;
    }
    Object own = y instanceof float[] ? bias.get().floats() : bias.get().doubles();
    for (int row = 0; row < rows; row++) {
      System.arraycopy(own, 0, y, from + row * n, n);
    }
  }

  static void zero(Object y, int from, int count) {
    if (y instanceof float[] floats) {
      Arrays.fill(floats, from, from + count, 0);
    } else {
      Arrays.fill((double[]) y, from, from + count, 0);
    }
  }
}
