package dev.posthorn.engine.layers.pooling;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Poolings;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * The largest element or the mean of each window, channel by channel (keras.layers.MaxPooling1D and so on). Cells
 * outside the input do not count.
 */
final class Pool implements RowLayer {
  private final WindowSpec spec;
  private final boolean max;

  private Pool(WindowSpec spec, boolean max) {
    this.spec = spec;
    this.max = max;
  }

  static Pool max(LayerSpec spec, int axes) {
    return new Pool(WindowSpec.pooling(spec, axes), true);
  }

  static Pool average(LayerSpec spec, int axes) {
    return new Pool(WindowSpec.pooling(spec, axes), false);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input().withShape(spec.output(call, spec.channels(call.input().shape()))));
  }

  @Override
  public Object prepare(CallSpec call) {
    return spec.windows(call.input().shape()).trimmed();
  }

  /** With the channels first each of them is an image of one channel. */
  @Override
  public void forward(Call call) {
    Windows windows = call.prepared(Windows.class);
    Tensor input = call.input(0);
    Shape shape = input.shape();
    int channels = spec.channelsFirst() ? 1 : shape.last();
    int images = spec.channelsFirst() ? shape.first() * shape.dim(1) : shape.first();
    Object x = RawArray.of(input);
    Object y = RawArray.of(call.output(0));
    int from = windows.inputCells() * channels;
    int to = windows.outputCells() * channels;
    if (!spec.channelsFirst() && x instanceof float[] floats) {
      pool(call.kernels().poolings(), windows, channels, images, floats, (float[]) y);
      return;
    }
    for (int image = 0; image < images; image++) {
      pool(windows, channels, x, image * from, y, image * to);
    }
  }

  private void pool(Poolings poolings, Windows windows, int channels, int images, float[] x, float[] y) {
    for (int image = 0; image < images; image++) {
      int from = image * windows.inputCells() * channels;
      int to = image * windows.outputCells() * channels;
      if (max) {
        poolings.max(windows, channels, x, from, y, to, 0, windows.rows());
      } else {
        poolings.mean(windows, channels, x, from, y, to, 0, windows.rows());
      }
    }
  }

  private void pool(Windows windows, int channels, Object x, int from, Object y, int to) {
    int cells = windows.windowCells();
    for (int window = 0; window < windows.outputCells(); window++) {
      int at = to + window * channels;
      int count = 0;
      for (int cell = 0; cell < cells; cell++) {
        int source = windows.cell(window, cell);
        if (source >= 0) {
          Channels.join(max, count == 0, x, from + source * channels, y, at, channels);
          count++;
        }
      }
      if (!max) {
        Channels.divide(y, at, channels, count);
      }
    }
  }
}
