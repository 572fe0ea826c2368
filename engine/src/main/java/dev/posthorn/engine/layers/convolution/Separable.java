package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.layers.Rows;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.engine.layers.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import java.util.Arrays;
import java.util.Optional;

/** keras.layers.SeparableConv1D, 2D: a depthwise convolution, then a pointwise one with bias and activation. */
final class Separable extends ImageLayer {
  private final Weight depthwise;
  private final Matrix pointwise;

  Separable(LayerSpec spec, WindowSpec window) {
    super(spec, window, spec.config().integer("filters"));
    spec.config().ignore("groups");
    int channels = channels(spec, window);
    int multiplier = spec.config().integer("depth_multiplier", 1);
    int[] ones = new int[window.axes()];
    Arrays.fill(ones, 1);
    depthwise = spec.weight("depthwise_kernel", Shape.of(window.size()).append(channels, multiplier));
    Weight second = spec.weight("pointwise_kernel", Shape.of(ones).append(channels * multiplier, filters));
    pointwise = spec.matrix(second, channels * multiplier, filters);
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
    int cells = windows.outputCells();
    int size = Math.multiplyExact(cells, pointwise.rows());
    if (y instanceof float[] floats) {
      float[] middle = call.floats(0, size);
      Depthwise.convolve(windows, depthwise, Optional.empty(), x, from, middle, 0);
      call.kernels().affine(middle, 0, cells, pointwise, Rows.floats(bias()), inner(), floats, to);
    } else {
      double[] middle = call.doubles(0, size);
      Depthwise.convolve(windows, depthwise, Optional.empty(), x, from, middle, 0);
      call.kernels().affine(middle, 0, cells, pointwise, Rows.doubles(bias()), inner(), (double[]) y, to);
    }
  }
}
