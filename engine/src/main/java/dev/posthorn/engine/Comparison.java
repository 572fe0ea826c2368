package dev.posthorn.engine;

import dev.posthorn.spi.Shape;
import java.util.Arrays;

/**
 * Two tensors held against each other. The error of a number is |got - expected| / (1 + |expected|); the same infinity,
 * or NaN in the same place, is 0; everything but floating numbers must be equal.
 *
 * @param passed whether |got - expected| is at most atol + rtol |expected| everywhere
 * @param error the largest error; infinite where something is not comparable
 * @param index where the largest error is, or the largest of those that are too large
 * @param expected what was expected there
 * @param got what came instead
 */
public record Comparison(boolean passed, double error, int[] index, String expected, String got) {

  /** The index as text: {@code [3, 0]}. */
  public String place() {
    return Arrays.toString(index);
  }

  public static Comparison of(ArrayTensor expected, ArrayTensor got, double rtol, double atol) {
    if (!expected.shape().equals(got.shape())) {
      return new Comparison(
          false, Double.POSITIVE_INFINITY, new int[0], "shape " + expected.shape(), "shape " + got.shape());
    }
    boolean floating = expected.dtype().isFloating() && got.dtype().isFloating();
    double worst = -1;
    int at = 0;
    boolean passed = true;
    for (int i = 0; i < expected.size(); i++) {
      double error = floating ? error(number(expected, i), number(got, i)) : equal(expected, got, i);
      boolean within = error == 0 || floating && within(number(expected, i), number(got, i), rtol, atol);
      if (!within && passed) {
        passed = false;
        worst = error;
        at = i;
      } else if (within == passed && error > worst) {
        worst = error;
        at = i;
      }
    }
    if (expected.size() == 0) {
      return new Comparison(true, 0, new int[0], "", "");
    }
    return new Comparison(
        passed, Math.max(0, worst), index(expected.shape(), at), text(expected, at), text(got, at));
  }

  private static double equal(ArrayTensor expected, ArrayTensor got, int i) {
    return text(expected, i).equals(text(got, i)) && expected.dtype() == got.dtype() ? 0 : Double.POSITIVE_INFINITY;
  }

  private static double error(double expected, double got) {
    if (expected == got || Double.isNaN(expected) && Double.isNaN(got)) {
      return 0;
    }
    double error = Math.abs(got - expected) / (1 + Math.abs(expected));
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  private static boolean within(double expected, double got, double rtol, double atol) {
    return Math.abs(got - expected) <= atol + rtol * Math.abs(expected) && !Double.isInfinite(expected);
  }

  private static double number(ArrayTensor tensor, int i) {
    return tensor.array() instanceof float[] floats ? floats[i] : tensor.doubles()[i];
  }

  private static String text(ArrayTensor tensor, int i) {
    return switch (tensor.array()) {
      case float[] values -> Float.toString(values[i]);
      case double[] values -> Double.toString(values[i]);
      case int[] values -> Integer.toString(values[i]);
      case long[] values -> Long.toString(values[i]);
      case boolean[] values -> Boolean.toString(values[i]);
      case String[] values -> values[i];
      default -> throw new IllegalArgumentException(tensor.toString());
    };
  }

  private static int[] index(Shape shape, int flat) {
    int[] index = new int[shape.rank()];
    int rest = flat;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      index[axis] = rest % shape.dim(axis);
      rest /= shape.dim(axis);
    }
    return index;
  }
}
