package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.layers.Rows;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Windows;
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
  int cells(Object plan) {
    return ((Windows) plan).outputCells();
  }

  @Override
  int rows(Object plan) {
    return depthwise.shape().last() == 1 ? ((Windows) plan).rows() : 0;
  }

  @Override
  void rows(Call call, Object plan, float[] x, int from, float[] y, int to, int first, int end) {
    Windows windows = (Windows) plan;
    int channels = pointwise.rows();
    int row = windows.output(2);
    float[] middle = call.floats(0, windows.outputCells() * channels);
    call.kernels()
        .convolutions()
        .depthwise(windows, channels, x, from, depthwise.floats(), null, false, middle, 0, first, end);
    call.kernels()
        .affine(
            middle, first * row * channels, (end - first) * row, pointwise, Rows.floats(bias()), onTheWay(),
            y, to + first * row * filters);
  }

  @Override
  void image(Call call, Object plan, Object x, int from, Object y, int to) {
    Windows windows = (Windows) plan;
    int cells = windows.outputCells();
    int size = Math.multiplyExact(cells, pointwise.rows());
    if (y instanceof float[] floats) {
      float[] middle = call.floats(0, size);
      Depthwise.convolve(windows, depthwise, Optional.empty(), x, from, middle, 0);
      call.kernels().affine(middle, 0, cells, pointwise, Rows.floats(bias()), Rows.identity(), floats, to);
    } else {
      double[] middle = call.doubles(0, size);
      Depthwise.convolve(windows, depthwise, Optional.empty(), x, from, middle, 0);
      call.kernels().affine(middle, 0, cells, pointwise, Rows.doubles(bias()), Rows.identity(), (double[]) y, to);
    }
  }
}
