package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.engine.layers.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;

/** A convolution in groups: each group of filters sees its own share of the channels only. */
final class GroupedConvolve extends ImageLayer {
  private static final int PATCH_NUMBERS = 1 << 15;

  private final int channels;
  private final int groups;
  private final Weight kernel;

  GroupedConvolve(LayerSpec spec, WindowSpec window, int groups) {
    super(spec, window, spec.config().integer("filters"));
    this.groups = groups;
    channels = channels(spec, window);
    if (channels % groups != 0 || filters % groups != 0) {
      throw spec.error("cannot divide %d channels and %d filters into %d groups", channels, filters, groups);
    }
    kernel = spec.weight("kernel", Shape.of(window.size()).append(channels / groups, filters));
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
  void image(Call call, Object plan, Object x, int from, Object y, int to) {
    Windows windows = (Windows) plan;
    int own = channels / groups;
    int made = filters / groups;
    int width = windows.windowCells() * own;
    int block = Math.max(1, Math.min(windows.outputCells(), PATCH_NUMBERS / width));
    Object rows = y instanceof float[] ? call.floats(0, block * width) : call.doubles(0, block * width);
    for (int window0 = 0; window0 < windows.outputCells(); window0 += block) {
      int count = Math.min(block, windows.outputCells() - window0);
      int at = to + window0 * filters;
      for (int group = 0; group < groups; group++) {
        Patches.fill(windows, x, from, channels, group * own, own, window0, count, rows);
        int column = group * made;
        if (y instanceof float[] floats) {
          call.kernels()
              .multiply(count, made, width, (float[]) rows, 0, width, kernel.floats(), column, filters, false,
                  floats, at + column, filters, false);
        } else {
          call.kernels()
              .multiply(count, made, width, (double[]) rows, 0, width, kernel.doubles(), column, filters, false,
                  (double[]) y, at + column, filters, false);
        }
      }
    }
    Bias.add(bias(), y, to, windows.outputCells());
  }
}
