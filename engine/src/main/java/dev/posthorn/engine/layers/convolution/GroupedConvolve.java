package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import java.util.ArrayList;
import java.util.List;

/** A convolution in groups: each group of filters sees its own share of the channels only. */
final class GroupedConvolve extends ImageLayer {
  private static final int PATCH_NUMBERS = 1 << 15;

  private final int channels;
  private final int groups;
  private final Weight kernel;
  private final Derived<List<Matrix>> parts;

  GroupedConvolve(LayerSpec spec, WindowSpec window, int groups) {
    super(spec, window, spec.config().integer("filters"));
    this.groups = groups;
    channels = channels(spec, window);
    if (channels % groups != 0 || filters % groups != 0) {
      throw spec.error("cannot divide %d channels and %d filters into %d groups", channels, filters, groups);
    }
    kernel = spec.weight("kernel", Shape.of(window.size()).append(channels / groups, filters));
    declareBias(spec);
    EngineKernels kernels = (EngineKernels) spec.kernels();
    parts = spec.derive(() -> parts(kernels));
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
    int own = channels / groups;
    int made = filters / groups;
    List<Matrix> matrices = parts.get();
    for (int group = 0; group < groups; group++) {
      call.kernels()
          .convolutions()
          .convolve(
              windows, x, from + group * own, channels, matrices.get(group), null, false, y, to + group * made, filters,
              first, end);
    }
    int row = windows.output(2) * filters;
    finish(y, to + first * row, to + end * row);
  }

  private void finish(float[] y, int from, int to) {
    if (bias().isPresent()) {
      Bias.add(bias(), y, from, (to - from) / filters);
    }
    for (int i = from; activation().isRelu() && i < to; i++) {
      y[i] = Math.max(y[i], 0);
    }
  }

  /** The kernel of each group as the kernels want it; float64 takes them from the weight. */
  private List<Matrix> parts(EngineKernels kernels) {
    List<Matrix> all = new ArrayList<>();
    int made = filters / groups;
    int rows = kernel.shape().size() / filters;
    for (int group = 0; kernel.dtype() != DType.FLOAT64 && group < groups; group++) {
      float[] part = new float[rows * made];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(kernel.floats(), row * filters + group * made, part, row * made, made);
      }
      all.add(kernels.pack(part, rows, made));
    }
    return List.copyOf(all);
  }

  @Override
  void image(Call call, Object plan, Object x, int from, Object y, int to) {
    Windows windows = (Windows) plan;
    int own = channels / groups;
    int made = filters / groups;
    int width = windows.windowCells() * own;
    int block = Math.max(1, Math.min(windows.outputCells(), PATCH_NUMBERS / width));
    double[] rows = call.doubles(0, block * width);
    for (int window0 = 0; window0 < windows.outputCells(); window0 += block) {
      int count = Math.min(block, windows.outputCells() - window0);
      int at = to + window0 * filters;
      for (int group = 0; group < groups; group++) {
        Patches.fill(windows, x, from, channels, group * own, own, window0, count, rows);
        int column = group * made;
        call.kernels()
            .multiply(count, made, width, rows, 0, width, kernel.doubles(), column, filters, false,
                (double[]) y, at + column, filters, false);
      }
    }
    Bias.add(bias(), y, to, windows.outputCells());
  }
}
