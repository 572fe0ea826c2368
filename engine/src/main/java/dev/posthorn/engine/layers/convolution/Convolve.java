package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.layers.Rows;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.engine.layers.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;

/**
 * keras.layers.Conv1D, 2D, 3D without groups: the cells under each window times the kernel (cells..., channels,
 * filters). Patches are gathered for as many windows as fit a cache, except for windows of one cell, which need none.
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
  boolean activates() {
    return true;
  }

  @Override
  void image(Call call, Object plan, Object x, int from, Object y, int to) {
    Windows windows = (Windows) plan;
    if (windows.isPointwise()) {
      affine(call, x, from, windows.outputCells(), y, to);
      return;
    }
    int width = kernel.rows();
    int block = Math.max(1, Math.min(windows.outputCells(), PATCH_NUMBERS / width));
    Object rows = y instanceof float[] ? call.floats(0, block * width) : call.doubles(0, block * width);
    for (int window0 = 0; window0 < windows.outputCells(); window0 += block) {
      int count = Math.min(block, windows.outputCells() - window0);
      Patches.fill(windows, x, from, channels, 0, channels, window0, count, rows);
      affine(call, rows, 0, count, y, to + window0 * filters);
    }
  }

  private void affine(Call call, Object x, int from, int rows, Object y, int to) {
    if (y instanceof float[] floats) {
      call.kernels().affine((float[]) x, from, rows, kernel, Rows.floats(bias()), inner(), floats, to);
    } else {
      call.kernels()
          .affine((double[]) x, from, rows, kernel, Rows.doubles(bias()), inner(), (double[]) y, to);
    }
  }
}
