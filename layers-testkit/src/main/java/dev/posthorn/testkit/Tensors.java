package dev.posthorn.testkit;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Inputs made up, rows cut out, and tensors compared. */
final class Tensors {
  private Tensors() {}

  static List<ArrayTensor> random(LayerContract contract, List<TensorSpec> specs, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ArrayTensor> tensors = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      ArrayTensor tensor = ArrayTensor.allocate(specs.get(i));
      fill(tensor, contract.ranges().get(i), random);
      tensors.add(tensor);
    }
    return tensors;
  }

  private static void fill(ArrayTensor tensor, LayerContract.Range range, SplittableRandom random) {
    for (int i = 0; i < tensor.size(); i++) {
      double value = random.nextDouble(range.from(), range.to());
      switch (tensor.dtype().storage()) {
        case BOOLEANS -> tensor.booleans()[i] = random.nextInt(4) != 0;
        case INTS -> tensor.ints()[i] = (int) Math.floor(value);
        case LONGS -> tensor.longs()[i] = (long) Math.floor(value);
        case FLOATS -> tensor.floats()[i] = (float) value;
        case DOUBLES -> tensor.doubles()[i] = (float) value;
        case STRINGS -> tensor.strings()[i] = range.texts().get((int) value);
      }
    }
  }

  /** The same numbers with float32 as float64. */
  static ArrayTensor widened(ArrayTensor tensor) {
    if (tensor.dtype() != DType.FLOAT32) {
      return tensor;
    }
    double[] values = new double[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.floats()[i];
    }
    return ArrayTensor.over(DType.FLOAT64, tensor.shape(), values);
  }

  /** The rows from..to-1. */
  static ArrayTensor rows(ArrayTensor tensor, int from, int to) {
    Shape shape = tensor.shape();
    if (shape.rank() == 0) {
      return tensor;
    }
    int width = shape.product(1, shape.rank());
    ArrayTensor rows = ArrayTensor.allocate(tensor.spec().withShape(shape.with(0, to - from)));
    System.arraycopy(tensor.array(), from * width, rows.array(), 0, rows.size());
    return rows;
  }

  /** Where two tensors differ in type, shape or bits; empty if nowhere. */
  static String difference(ArrayTensor a, ArrayTensor b) {
    if (!a.spec().equals(b.spec())) {
      return a.spec() + " against " + b.spec();
    }
    for (int i = 0; i < a.size(); i++) {
      Object left = element(a, i);
      Object right = element(b, i);
      if (!left.equals(right)) {
        return "element " + i + ": " + left + " against " + right;
      }
    }
    return "";
  }

  /** Where numbers are further apart than 1e-5 + rtol of the expected ones; empty if nowhere. */
  static String distance(ArrayTensor got, ArrayTensor expected, double rtol) {
    if (!got.shape().equals(expected.shape())) {
      return "shape " + got.shape() + ", expected " + expected.shape();
    }
    for (int i = 0; i < got.size(); i++) {
      Object left = element(got, i);
      Object right = element(expected, i);
      boolean near =
          left instanceof Number a && right instanceof Number b
              ? near(a.doubleValue(), b.doubleValue(), rtol)
              : left.equals(right);
      if (!near) {
        return "element " + i + ": " + left + ", expected " + right;
      }
    }
    return "";
  }

  private static boolean near(double got, double expected, double rtol) {
    return Double.compare(got, expected) == 0 || Math.abs(got - expected) <= 1e-5 + rtol * Math.abs(expected);
  }

  /** Floats equal by their bits, as {@link Float#equals} has it. */
  private static Object element(ArrayTensor tensor, int i) {
    return switch (tensor.dtype().storage()) {
      case BOOLEANS -> tensor.booleans()[i];
      case INTS -> tensor.ints()[i];
      case LONGS -> tensor.longs()[i];
      case FLOATS -> tensor.floats()[i];
      case DOUBLES -> tensor.doubles()[i];
      case STRINGS -> tensor.strings()[i];
    };
  }
}
