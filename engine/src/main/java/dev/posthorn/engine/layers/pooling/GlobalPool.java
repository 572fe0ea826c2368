package dev.posthorn.engine.layers.pooling;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.Sums;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The largest element or the mean over all spatial axes, channel by channel (keras.layers.GlobalMaxPooling1D and so on).
 * The mean along one axis leaves masked steps out.
 */
final class GlobalPool implements RowLayer {
  private final int axes;
  private final boolean max;
  private final boolean channelsFirst;
  private final boolean keepDims;

  private GlobalPool(LayerSpec spec, int axes, boolean max) {
    this.axes = axes;
    this.max = max;
    this.channelsFirst = WindowSpec.channelsFirst(spec);
    this.keepDims = spec.config().flag("keepdims", false);
  }

  static GlobalPool max(LayerSpec spec, int axes) {
    return new GlobalPool(spec, axes, true);
  }

  static GlobalPool average(LayerSpec spec, int axes) {
    return new GlobalPool(spec, axes, false);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    if (shape.rank() != axes + 2) {
      throw call.error("expected %d axes, got shape %s", axes + 2, shape);
    }
    Shape result = Shape.of(shape.first(), channelsFirst ? shape.dim(1) : shape.last());
    if (keepDims) {
      int[] dims = new int[shape.rank()];
      Arrays.fill(dims, 1);
      dims[0] = shape.first();
      dims[channelsFirst ? 1 : dims.length - 1] = result.last();
      result = Shape.of(dims);
    }
    return List.of(call.input().withShape(result));
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Shape shape = input.shape();
    int channels = channelsFirst ? shape.dim(1) : shape.last();
    int cells = channelsFirst ? shape.product(2, shape.rank()) : shape.product(1, shape.rank() - 1);
    if (cells == 0) {
      throw call.spec().error("nothing to pool in shape %s", shape);
    }
    Tensor mask = max || axes > 1 ? null : call.mask(0);
    Object x = RawArray.of(input);
    Object y = RawArray.of(call.output(0));
    for (int row = 0; row < shape.first(); row++) {
      boolean @Nullable [] keep = mask == null ? null : mask.booleans();
      if (channelsFirst) {
        for (int c = 0; c < channels; c++) {
          pool(x, (row * channels + c) * cells, cells, 1, y, row * channels + c, keep, row * cells);
        }
      } else if (keep == null && channels > 1 && x instanceof float[] floats) {
        float[] result = (float[]) y;
        int from = row * cells * channels;
        if (max) {
          call.kernels().channels().max(floats, from, cells, channels, result, row * channels);
        } else {
          call.kernels().channels().mean(floats, from, cells, channels, result, row * channels);
        }
      } else {
        pool(x, row * cells * channels, cells, channels, y, row * channels, keep, row * cells);
      }
    }
  }

  private void pool(
      Object x, int from, int cells, int channels, Object y, int to, boolean @Nullable [] keep, int keepFrom) {
    if (!max && keep == null && channels == 1) {
      if (x instanceof float[] floats) {
        ((float[]) y)[to] = (float) (Sums.of(floats, from, cells) / cells);
      } else {
        ((double[]) y)[to] = Sums.of((double[]) x, from, cells) / cells;
      }
      return;
    }
    int count = 0;
    for (int cell = 0; cell < cells; cell++) {
      if (keep == null || keep[keepFrom + cell]) {
        Channels.join(max, count == 0, x, from + cell * channels, y, to, channels);
        count++;
      }
    }
    if (!max) {
      if (count == 0) {
        Channels.fillNothing(y, to, channels);
      } else {
        Channels.divide(y, to, channels, count);
      }
    }
  }
}
