package dev.posthorn.engine.arrays;

import dev.posthorn.spi.DType;

/**
 * Casts as Keras casts: floats to integers truncate, integers wrap, anything but zero is true; float16 and bfloat16
 * round to their precision, half to even.
 */
public final class Casting {
  private Casting() {}

  /** Casts {@code n} elements into an array that holds type {@code to}; strings only to strings. */
  public static void run(Object from, int n, Object into, DType to) {
    switch (from) {
      case float[] x -> fromFloats(x, n, into, to);
      case double[] x -> fromDoubles(x, n, into, to);
      case int[] x -> fromInts(x, n, into, to);
      case long[] x -> fromLongs(x, n, into, to);
      case boolean[] x -> fromBooleans(x, n, into);
      default -> System.arraycopy(from, 0, into, 0, n);
    }
  }

  private static void fromFloats(float[] x, int n, Object into, DType to) {
    switch (into) {
      case float[] y -> {
        System.arraycopy(x, 0, y, 0, n);
        round(y, n, to);
      }
      case double[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i];
        }
      }
      case int[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrap((long) x[i], to);
        }
      }
      case long[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrapLong((long) x[i], to);
        }
      }
      case boolean[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] != 0;
        }
      }
      default -> throw new IllegalArgumentException(into.getClass().getSimpleName());
    }
  }

  private static void fromDoubles(double[] x, int n, Object into, DType to) {
    switch (into) {
      case float[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = (float) x[i];
        }
        round(y, n, to);
      }
      case double[] y -> System.arraycopy(x, 0, y, 0, n);
      case int[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrap((long) x[i], to);
        }
      }
      case long[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrapLong((long) x[i], to);
        }
      }
      case boolean[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] != 0;
        }
      }
      default -> throw new IllegalArgumentException(into.getClass().getSimpleName());
    }
  }

  private static void fromInts(int[] x, int n, Object into, DType to) {
    switch (into) {
      case float[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i];
        }
        round(y, n, to);
      }
      case double[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i];
        }
      }
      case int[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrap(x[i], to);
        }
      }
      case long[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrapLong(x[i], to);
        }
      }
      case boolean[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] != 0;
        }
      }
      default -> throw new IllegalArgumentException(into.getClass().getSimpleName());
    }
  }

  private static void fromLongs(long[] x, int n, Object into, DType to) {
    switch (into) {
      case float[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i];
        }
        round(y, n, to);
      }
      case double[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i];
        }
      }
      case int[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrap(x[i], to);
        }
      }
      case long[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = wrapLong(x[i], to);
        }
      }
      case boolean[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] != 0;
        }
      }
      default -> throw new IllegalArgumentException(into.getClass().getSimpleName());
    }
  }

  private static void fromBooleans(boolean[] x, int n, Object into) {
    switch (into) {
      case float[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] ? 1 : 0;
        }
      }
      case double[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] ? 1 : 0;
        }
      }
      case int[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] ? 1 : 0;
        }
      }
      case long[] y -> {
        for (int i = 0; i < n; i++) {
          y[i] = x[i] ? 1 : 0;
        }
      }
      case boolean[] y -> System.arraycopy(x, 0, y, 0, n);
      default -> throw new IllegalArgumentException(into.getClass().getSimpleName());
    }
  }

  /** Rounds floats in place to the precision of float16 or bfloat16; float32 stays. */
  public static void round(float[] y, int n, DType to) {
    if (to == DType.FLOAT16) {
      for (int i = 0; i < n; i++) {
        y[i] = Float.float16ToFloat(Float.floatToFloat16(y[i]));
      }
    } else if (to == DType.BFLOAT16) {
      for (int i = 0; i < n; i++) {
        y[i] = bfloat16(y[i]);
      }
    }
  }

  private static float bfloat16(float x) {
    if (Float.isNaN(x)) {
      return x;
    }
    int bits = Float.floatToRawIntBits(x);
    int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
    return Float.intBitsToFloat(rounded & 0xFFFF0000);
  }

  private static int wrap(long value, DType to) {
    return switch (to) {
      case INT8 -> (byte) value;
      case UINT8 -> (int) (value & 0xFF);
      case INT16 -> (short) value;
      case UINT16 -> (int) (value & 0xFFFF);
      default -> (int) value;
    };
  }

  private static long wrapLong(long value, DType to) {
    return to == DType.UINT32 ? value & 0xFFFF_FFFFL : value;
  }
}
