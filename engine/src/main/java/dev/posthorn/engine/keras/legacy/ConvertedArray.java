package dev.posthorn.engine.keras.legacy;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/** Arrays of a file in another order of elements; read when it is wanted. */
final class ConvertedArray implements StoredArray {
  private final StoredArray first;
  private final Shape shape;
  private final Supplier<double[]> elements;

  private ConvertedArray(StoredArray first, Shape shape, Supplier<double[]> elements) {
    this.first = first;
    this.shape = shape;
    this.elements = elements;
  }

  /** Element i is the one at {@code source(i)}. */
  static StoredArray gathered(StoredArray array, Shape shape, IntUnaryOperator source) {
    return new ConvertedArray(array, shape, () -> {
      double[] values = numbers(array);
      double[] result = new double[values.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = values[source.applyAsInt(i)];
      }
      return result;
    });
  }

  /** numpy's transpose. */
  static StoredArray transposed(StoredArray array, int... order) {
    Shape from = array.shape();
    int[] dims = new int[order.length];
    int[] strides = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      dims[i] = from.dim(order[i]);
      strides[i] = stride(from, order[i]);
    }
    return gathered(array, Shape.of(dims), i -> {
      int rest = i;
      int at = 0;
      for (int axis = dims.length - 1; axis >= 0; axis--) {
        at += rest % dims[axis] * strides[axis];
        rest /= dims[axis];
      }
      return at;
    });
  }

  private static int stride(Shape shape, int axis) {
    int stride = 1;
    for (int i = axis + 1; i < shape.rank(); i++) {
      stride *= shape.dim(i);
    }
    return stride;
  }

  /** All axes but the last two turned round: a convolution's kernel as a correlation's. */
  static StoredArray flipped(StoredArray kernel) {
    Shape shape = kernel.shape();
    int last = shape.dim(-1) * shape.dim(-2);
    int cells = last == 0 ? 0 : shape.size() / last;
    return gathered(kernel, shape, i -> (cells - 1 - i / last) * last + i % last);
  }

  /** The same elements in another shape. */
  static StoredArray reshaped(StoredArray array, Shape shape) {
    return gathered(array, shape, IntUnaryOperator.identity());
  }

  /** Matrices, or vectors, side by side. */
  static StoredArray joined(List<? extends StoredArray> parts) {
    StoredArray first = parts.get(0);
    int width = first.shape().last();
    if (parts.stream().anyMatch(part -> !part.shape().equals(first.shape()))) {
      throw new InferenceException(
          Reason.INVALID_MODEL, first.name() + ": the matrices of the gates have different shapes");
    }
    int[] dims = first.shape().dims();
    dims[dims.length - 1] = width * parts.size();
    int rows = width == 0 ? 0 : first.shape().size() / width;
    return new ConvertedArray(first, Shape.of(dims), () -> {
      double[] result = new double[rows * width * parts.size()];
      for (int part = 0; part < parts.size(); part++) {
        double[] values = numbers(parts.get(part));
        for (int row = 0; row < rows; row++) {
          System.arraycopy(values, row * width, result, (row * parts.size() + part) * width, width);
        }
      }
      return result;
    });
  }

  /** The two halves of a vector, added. */
  static StoredArray halvesAdded(StoredArray array) {
    int half = array.shape().size() / 2;
    return new ConvertedArray(array, Shape.of(half), () -> {
      double[] values = numbers(array);
      double[] result = new double[half];
      for (int i = 0; i < half; i++) {
        result[i] = values[i] + values[half + i];
      }
      return result;
    });
  }

  private static double[] numbers(StoredArray array) {
    Object values = array.read().array();
    return switch (values) {
      case double[] doubles -> doubles;
      case float[] floats -> {
        double[] wide = new double[floats.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = floats[i];
        }
        yield wide;
      }
      default ->
          throw new InferenceException(
              Reason.INVALID_MODEL,
              String.format(Locale.ROOT, "%s: expected floating numbers, got %s", array.name(), array.dtype().kerasName()));
    };
  }

  @Override
  public String name() {
    return first.name();
  }

  @Override
  public DType dtype() {
    return first.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public ArrayTensor read() {
    double[] values = elements.get();
    if (dtype() == DType.FLOAT64) {
      return ArrayTensor.over(DType.FLOAT64, shape, values);
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return ArrayTensor.over(DType.FLOAT32, shape, floats);
  }
}
