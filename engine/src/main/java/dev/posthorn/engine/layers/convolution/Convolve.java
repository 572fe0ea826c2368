package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.layers.Rows;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;

/**
 * keras.layers.Conv1D, 2D, 3D without groups: the cells under each window times the kernel (cells..., channels,
 * filters). In float64 patches are gathered for as many windows as fit a cache.
 */
final class Convolve extends ImageLayer {
  private static final int PATCH_NUMBERS = 1 << 15;

  private final int channels;
  private final Matrix kernel;

  Convolve(LayerSpec spec, WindowSpec window) {
    super(spec, window, spec.config().integer("filters"));
    spec.config().ignore("groups");
    channels = channels(spec, window);
    Shape shape = Shape.of(window.size()).append(channels, filters);
    kernel = spec.matrix(spec.weight("kernel", shape), shape.size() / filters, filters);
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
    return ((Windows) plan).rows();
  }

  @Override
  void rows(Call call, Object plan, float[] x, int from, float[] y, int to, int first, int end) {
    Windows windows = (Windows) plan;
    if (!windows.isPointwise()) {
      call.kernels()
          .convolutions()
          .convolve(
              windows, x, from, channels, kernel, Rows.floats(bias()), activation().isRelu(), y, to, filters, first,
              end);
      return;
    }
    int row = windows.output(2);
    call.kernels()
        .affine(
            x, from + first * row * channels, (end - first) * row, kernel, Rows.floats(bias()), onTheWay(),
            y, to + first * row * filters);
  }

  @Override
  void image(Call call, Object plan, Object x, int from, Object y, int to) {
    Windows windows = (Windows) plan;
    int width = kernel.rows();
    int block = Math.max(1, Math.min(windows.outputCells(), PATCH_NUMBERS / width));
    double[] rows = call.doubles(0, block * width);
    for (int window0 = 0; window0 < windows.outputCells(); window0 += block) {
      int count = Math.min(block, windows.outputCells() - window0);
      Patches.fill(windows, x, from, channels, 0, channels, window0, count, rows);
      call.kernels()
          .affine(
              rows, 0, count, kernel, Rows.doubles(bias()), Rows.identity(), (double[]) y, to + window0 * filters);
    }
  }
}
