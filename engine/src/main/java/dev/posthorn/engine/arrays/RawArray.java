package dev.posthorn.engine.arrays;

import dev.posthorn.spi.Tensor;

/** The Java array behind a tensor, for moves that do not look at the elements. */
public final class RawArray {
  private RawArray() {}

  public static Object of(Tensor tensor) {
    return switch (tensor.dtype().storage()) {
      case BOOLEANS -> tensor.booleans();
      case INTS -> tensor.ints();
      case LONGS -> tensor.longs();
      case FLOATS -> tensor.floats();
      case DOUBLES -> tensor.doubles();
      case STRINGS -> tensor.strings();
    };
  }

  /** Copies all elements of one tensor into another of the same type and size. */
  public static void copy(Tensor from, Tensor into) {
    System.arraycopy(of(from), 0, of(into), 0, from.size());
  }

  /** Copies {@code count} elements that lie at equal distances. */
  static void copyStrided(Object from, int fromAt, int fromStride, Object to, int toAt, int toStride, int count) {
    switch (from) {
      case float[] x -> {
        float[] y = (float[]) to;
        for (int i = 0; i < count; i++) {
          y[toAt + i * toStride] = x[fromAt + i * fromStride];
        }
      }
      case double[] x -> {
        double[] y = (double[]) to;
        for (int i = 0; i < count; i++) {
          y[toAt + i * toStride] = x[fromAt + i * fromStride];
        }
      }
      case int[] x -> {
        int[] y = (int[]) to;
        for (int i = 0; i < count; i++) {
          y[toAt + i * toStride] = x[fromAt + i * fromStride];
        }
      }
      case long[] x -> {
        long[] y = (long[]) to;
        for (int i = 0; i < count; i++) {
          y[toAt + i * toStride] = x[fromAt + i * fromStride];
        }
      }
      case boolean[] x -> {
        boolean[] y = (boolean[]) to;
        for (int i = 0; i < count; i++) {
          y[toAt + i * toStride] = x[fromAt + i * fromStride];
        }
      }
      case Object[] x -> {
        Object[] y = (Object[]) to;
        for (int i = 0; i < count; i++) {
          y[toAt + i * toStride] = x[fromAt + i * fromStride];
        }
      }
      default -> throw new IllegalArgumentException(from.getClass().getSimpleName());
    }
  }
}
