package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.layers.Rows;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import java.util.Optional;

/** keras.layers.DepthwiseConv1D, 2D: each channel by itself, with {@code depth_multiplier} kernels of its own. */
final class Depthwise extends ImageLayer {
  private final Weight kernel;

  Depthwise(LayerSpec spec, WindowSpec window) {
    super(spec, window, channels(spec, window) * spec.config().integer("depth_multiplier", 1));
    spec.config().ignore("filters", "groups");
    int multiplier = spec.config().integer("depth_multiplier", 1);
    kernel = spec.weight("kernel", Shape.of(window.size()).append(channels(spec, window), multiplier));
    declareBias(spec);
  }

  @Override
  Shape output(CallSpec call) {
    return window.output(call, filters);
  }

  @Override
  Object plan(CallSpec call) {
    return window.windows(call.input().shape());
  }

  @Override
  int cells(Object plan) {
    return ((Windows) plan).outputCells();
  }

  @Override
  int rows(Object plan) {
    return kernel.shape().last() == 1 ? ((Windows) plan).rows() : 0;
  }

  @Override
  void rows(Call call, Object plan, float[] x, int from, float[] y, int to, int first, int end) {
    call.kernels()
        .convolutions()
        .depthwise(
            (Windows) plan, filters, x, from, kernel.floats(), Rows.floats(bias()), activation().isRelu(), y, to, first,
            end);
  }

  @Override
  void image(Call call, Object plan, Object x, int from, Object y, int to) {
    convolve((Windows) plan, kernel, bias(), x, from, y, to);
  }

  /** Convolves one image; also the first half of a separable convolution. */
  static void convolve(
      Windows windows, Weight kernel, Optional<Weight> bias, Object x, int from, Object y, int to) {
    int channels = kernel.shape().dim(-2);
    int multiplier = kernel.shape().last();
    int filters = channels * multiplier;
    int cells = windows.windowCells();
    Bias.set(bias, y, to, windows.outputCells(), filters);
    for (int window = 0; window < windows.outputCells(); window++) {
      int at = to + window * filters;
      for (int cell = 0; cell < cells; cell++) {
        int source = windows.cell(window, cell);
        if (source < 0) {
          continue;
        }
        int own = from + source * channels;
        if (y instanceof float[] floats) {
          add((float[]) x, own, kernel.floats(), cell * filters, floats, at, channels, multiplier);
        } else {
          add((double[]) x, own, kernel.doubles(), cell * filters, (double[]) y, at, channels, multiplier);
        }
      }
    }
  }

  private static void add(float[] x, int from, float[] k, int kAt, float[] y, int to, int channels, int multiplier) {
    if (multiplier == 1) {
      for (int c = 0; c < channels; c++) {
        y[to + c] += x[from + c] * k[kAt + c];
      }
      return;
    }
    for (int c = 0; c < channels; c++) {
      for (int m = 0; m < multiplier; m++) {
        y[to + c * multiplier + m] += x[from + c] * k[kAt + c * multiplier + m];
      }
    }
  }

  private static void add(
      double[] x, int from, double[] k, int kAt, double[] y, int to, int channels, int multiplier) {
    for (int c = 0; c < channels; c++) {
      for (int m = 0; m < multiplier; m++) {
        y[to + c * multiplier + m] += x[from + c] * k[kAt + c * multiplier + m];
      }
    }
  }
}
