package dev.posthorn.engine.layers.merging;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.Tensor;

/** Masks of a merge: one flag for all elements of the last axes. */
final class Masks {
  private Masks() {}

  /** Whether an element of an input of n elements counts; true without a mask. */
  static boolean at(Call call, int input, int element, int n) {
    Tensor mask = call.mask(input);
    return mask == null || mask.size() == 0 || mask.booleans()[element / (n / mask.size())];
  }

  /** Whether an element counts in one of the first inputs. */
  static boolean any(Call call, int inputs, int element, int n) {
    for (int i = 0; i < inputs; i++) {
      if (at(call, i, element, n)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of the first inputs has a mask. */
  static boolean exist(Call call, int inputs) {
    for (int i = 0; i < inputs; i++) {
      if (call.mask(i) != null) {
        return true;
      }
    }
    return false;
  }

  /** Puts element {@code at} of one array into the same place of another; arrays of float, double or long. */
  static void copy(Object from, Object to, int at) {
    switch (from) {
      case float[] x -> ((float[]) to)[at] = x[at];
      case double[] x -> ((double[]) to)[at] = x[at];
      case long[] x -> ((long[]) to)[at] = x[at];
      default -> throw new IllegalArgumentException(from.getClass().getSimpleName());
    }
  }

  /** Puts a small number into an array of float, double or long. */
  static void set(Object array, int at, int value) {
    switch (array) {
      case float[] x -> x[at] = value;
      case double[] x -> x[at] = value;
      case long[] x -> x[at] = value;
      default -> throw new IllegalArgumentException(array.getClass().getSimpleName());
    }
  }
}
