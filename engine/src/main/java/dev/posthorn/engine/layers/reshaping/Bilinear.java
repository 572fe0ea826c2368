package dev.posthorn.engine.layers.reshaping;

import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * keras.layers.UpSampling2D with interpolation bilinear: between the centres of the elements, and at the edges the outermost
 * ones (keras.ops.image.resize without antialiasing).
 */
final class Bilinear implements RowLayer {
  private static final int RANK = 4;

  private final int firstAxis;
  private final int[] sizes;

  Bilinear(int firstAxis, int[] sizes) {
    this.firstAxis = firstAxis;
    this.sizes = sizes.clone();
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    if (shape.rank() != RANK) {
      throw call.error("expected %d axes, got shape %s", RANK, shape);
    }
    Shape result = shape;
    for (int i = 0; i < sizes.length; i++) {
      int length = shape.dim(firstAxis + i);
      result = result.with(firstAxis + i, length == Shape.UNKNOWN ? length : length * sizes[i]);
    }
    return List.of(call.input().withShape(result));
  }

  /** Between which two elements each new one lies, and how near to the second. */
  private record Places(int[] low, int[] high, double[] share) {
    static Places of(int length, int size) {
      int n = length * size;
      Places places = new Places(new int[n], new int[n], new double[n]);
      for (int i = 0; i < n; i++) {
        double at = (i + 0.5) / size - 0.5;
        int floor = (int) Math.floor(at);
        places.low[i] = Math.max(floor, 0);
        places.high[i] = Math.min(floor + 1, length - 1);
        places.share[i] = at - floor;
      }
      return places;
    }
  }

  private record Grid(Places rows, Places columns) {}

  @Override
  public Object prepare(CallSpec call) {
    Shape shape = call.input().shape();
    return new Grid(Places.of(shape.dim(firstAxis), sizes[0]), Places.of(shape.dim(firstAxis + 1), sizes[1]));
  }

  /** With the channels first each of them is an image of one channel. */
  @Override
  public void forward(Call call) {
    Grid grid = call.prepared(Grid.class);
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    Shape shape = input.shape();
    int channels = firstAxis == 1 ? shape.last() : 1;
    int images = shape.product(0, firstAxis);
    int row = shape.dim(firstAxis + 1) * channels;
    int image = shape.dim(firstAxis) * row;
    int at = 0;
    for (int i = 0; i < images; i++) {
      for (int r = 0; r < grid.rows.low.length; r++) {
        int upper = i * image + grid.rows.low[r] * row;
        int lower = i * image + grid.rows.high[r] * row;
        double down = grid.rows.share[r];
        for (int c = 0; c < grid.columns.low.length; c++, at += channels) {
          int left = grid.columns.low[c] * channels;
          int right = grid.columns.high[c] * channels;
          double along = grid.columns.share[c];
          if (output.dtype() == DType.FLOAT64) {
            blend(
                input.doubles(), upper + left, upper + right, lower + left, lower + right, along, down,
                output.doubles(), at, channels);
          } else {
            blend(
                input.floats(), upper + left, upper + right, lower + left, lower + right, (float) along,
                (float) down, output.floats(), at, channels);
          }
        }
      }
    }
  }

  private static void blend(
      float[] x, int a, int b, int c, int d, float along, float down, float[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      float top = x[a + i] + (x[b + i] - x[a + i]) * along;
      float bottom = x[c + i] + (x[d + i] - x[c + i]) * along;
      y[to + i] = top + (bottom - top) * down;
    }
  }

  private static void blend(
      double[] x, int a, int b, int c, int d, double along, double down, double[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      double top = x[a + i] + (x[b + i] - x[a + i]) * along;
      double bottom = x[c + i] + (x[d + i] - x[c + i]) * along;
      y[to + i] = top + (bottom - top) * down;
    }
  }
}
