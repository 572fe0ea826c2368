package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.AxisRows;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.Sums;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * For each row the products of two inputs summed along one axis of each, both of which then are gone (keras.layers.Dot);
 * with {@code normalize} both are divided by their lengths along that axis first.
 */
final class Dot implements RowLayer {
  private static final double EPSILON = 1e-14;

  private final int[] axes;
  private final boolean normalize;

  Dot(LayerSpec spec) {
    int[] given = spec.config().integers("axes", 2);
    axes = new int[2];
    for (int i = 0; i < 2; i++) {
      Shape shape = spec.input(i).shape();
      if (shape.rank() < 2 || shape.axis(given[i]) == 0) {
        throw spec.error("cannot take the dot product along axis %d of shape %s", given[i], shape);
      }
      axes[i] = shape.axis(given[i]);
    }
    normalize = spec.config().flag("normalize", false);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    List<Integer> dims = new ArrayList<>();
    dims.add(call.input().shape().first());
    for (int i = 0; i < 2; i++) {
      Shape shape = call.inputs().get(i).shape();
      for (int axis = 1; axis < shape.rank(); axis++) {
        if (axis != axes[i]) {
          dims.add(shape.dim(axis));
        }
      }
    }
    int a = call.input().shape().dim(axes[0]);
    int b = call.inputs().get(1).shape().dim(axes[1]);
    if (a != b && a != Shape.UNKNOWN && b != Shape.UNKNOWN) {
      throw call.error("expected the same length along both axes, got %d and %d", a, b);
    }
    if (dims.size() == 1) {
      dims.add(1);
    }
    return List.of(call.input().withShape(Shape.of(dims.stream().mapToInt(Integer::intValue).toArray())));
  }

  /** How both inputs are brought to rows along their axes. */
  private record Sides(AxisRows left, AxisRows right) {}

  @Override
  public Object prepare(CallSpec call) {
    return new Sides(
        AxisRows.of(call.input().shape(), axes[0]), AxisRows.of(call.inputs().get(1).shape(), axes[1]));
  }

  @Override
  public void forward(Call call) {
    Sides sides = call.prepared(Sides.class);
    Tensor output = call.output(0);
    boolean isDouble = output.dtype() == DType.FLOAT64;
    int m = sides.left().rowsPerBlock();
    int n = sides.right().rowsPerBlock();
    int k = sides.left().length();
    Object a = isDouble ? call.doubles(0, m * k) : call.floats(0, m * k);
    Object b = isDouble ? call.doubles(1, n * k) : call.floats(1, n * k);
    for (int row = 0; row < output.shape().first(); row++) {
      sides.left().gather(RawArray.of(call.input(0)), row, a);
      sides.right().gather(RawArray.of(call.input(1)), row, b);
      if (normalize) {
        normalize(a, m, k);
        normalize(b, n, k);
      }
      if (isDouble) {
        call.kernels()
            .multiply(m, n, k, (double[]) a, 0, k, (double[]) b, 0, k, true, output.doubles(), row * m * n, n, false);
      } else {
        call.kernels()
            .multiply(m, n, k, (float[]) a, 0, k, (float[]) b, 0, k, true, output.floats(), row * m * n, n, false);
      }
    }
  }

  private static void normalize(Object rows, int count, int length) {
    for (int row = 0; row < count; row++) {
      int from = row * length;
      if (rows instanceof float[] x) {
        float norm = (float) Math.sqrt(Math.max(Sums.squares(x, from, length, 0), EPSILON));
        for (int i = from; i < from + length; i++) {
          x[i] /= norm;
        }
      } else if (rows instanceof double[] x) {
        double norm = Math.sqrt(Math.max(Sums.squares(x, from, length, 0), EPSILON));
        for (int i = from; i < from + length; i++) {
          x[i] /= norm;
        }
      }
    }
  }
}
