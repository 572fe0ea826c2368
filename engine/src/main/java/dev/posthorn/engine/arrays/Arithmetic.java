package dev.posthorn.engine.arrays;

/**
 * Functions of two numbers over whole arrays, as Keras (NumPy) defines them. {@code y} may be {@code a}. The common ones
 * have loops of their own; integers of all widths are computed as longs.
 */
public enum Arithmetic {
  ADD,
  SUBTRACT,
  MULTIPLY,
  /** Division with a float result. */
  DIVIDE,
  /** Like DIVIDE, but 0 where the divisor is 0. */
  DIVIDE_NO_NAN,
  /** Rounded towards minus infinity. */
  FLOOR_DIVIDE,
  /** The remainder with the sign of the divisor. */
  MOD,
  /** The remainder with the sign of the dividend. */
  FMOD,
  POWER,
  /** NaN if one is NaN. */
  MAXIMUM,
  MINIMUM,
  /** The other one if one is NaN. */
  FMAX,
  FMIN,
  ARCTAN2,
  HYPOT,
  LOGADDEXP,
  LOGADDEXP2,
  HEAVISIDE,
  BITWISE_AND,
  BITWISE_OR,
  BITWISE_XOR,
  LEFT_SHIFT,
  RIGHT_SHIFT,
  GCD,
  LCM;

  private static final double LN2 = 0.69314718055994530942;

  /** y = f(a, b) for the first n elements. */
  public void apply(float[] a, float[] b, float[] y, int n) {
    switch (this) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[i] = a[i] + b[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          y[i] = a[i] - b[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          y[i] = a[i] * b[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          y[i] = a[i] / b[i];
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          y[i] = Math.max(a[i], b[i]);
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          y[i] = Math.min(a[i], b[i]);
        }
      }
      case POWER -> {
        for (int i = 0; i < n; i++) {
          y[i] = floatPower(a[i], b[i]);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          y[i] = (float) at(a[i], b[i]);
        }
      }
    }
  }

  /** y = f(a, b) for the first n elements. */
  public void apply(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = at(a[i], b[i]);
    }
  }

  /** y = f(a, b) for the first n elements. */
  public void apply(long[] a, long[] b, long[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = at(a[i], b[i]);
    }
  }

  /** Whether there is such a function of floats, or else of integers. */
  public boolean takes(boolean floats) {
    return switch (this) {
      case BITWISE_AND, BITWISE_OR, BITWISE_XOR, LEFT_SHIFT, RIGHT_SHIFT, GCD, LCM -> !floats;
      case DIVIDE, DIVIDE_NO_NAN, ARCTAN2, HYPOT, LOGADDEXP, LOGADDEXP2, HEAVISIDE -> floats;
      case ADD, SUBTRACT, MULTIPLY, FLOOR_DIVIDE, MOD, FMOD, POWER, MAXIMUM, MINIMUM, FMAX, FMIN -> true;
    };
  }

  private double at(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case DIVIDE_NO_NAN -> b == 0 ? 0 : a / b;
      case FLOOR_DIVIDE -> floorDivide(a, b);
      case MOD -> mod(a, b);
      case FMOD -> a % b;
      case POWER -> power(a, b);
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case FMAX -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
      case FMIN -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
      case ARCTAN2 -> StrictMath.atan2(a, b);
      case HYPOT -> StrictMath.hypot(a, b);
      case LOGADDEXP -> logAddExp(a, b);
      case LOGADDEXP2 -> logAddExp(a * LN2, b * LN2) / LN2;
      case HEAVISIDE -> Double.isNaN(a) ? a : a < 0 ? 0 : a > 0 ? 1 : b;
      case BITWISE_AND, BITWISE_OR, BITWISE_XOR, LEFT_SHIFT, RIGHT_SHIFT, GCD, LCM ->
          throw new IllegalStateException(this + " of floats");
    };
  }

  private long at(long a, long b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case FLOOR_DIVIDE -> b == 0 ? 0 : Math.floorDiv(a, b);
      case MOD -> b == 0 ? 0 : Math.floorMod(a, b);
      case FMOD -> b == 0 ? 0 : a % b;
      case POWER -> power(a, b);
      case MAXIMUM, FMAX -> Math.max(a, b);
      case MINIMUM, FMIN -> Math.min(a, b);
      case BITWISE_AND -> a & b;
      case BITWISE_OR -> a | b;
      case BITWISE_XOR -> a ^ b;
      case LEFT_SHIFT -> b > 63 ? 0 : a << b;
      case RIGHT_SHIFT -> a >> Math.min(b, 63);
      case GCD -> gcd(a, b);
      case LCM -> a == 0 || b == 0 ? 0 : Math.abs(a / gcd(a, b) * b);
      case DIVIDE, DIVIDE_NO_NAN, ARCTAN2, HYPOT, LOGADDEXP, LOGADDEXP2, HEAVISIDE ->
          throw new IllegalStateException(this + " of integers");
    };
  }

  /** Python's division: the quotient of a less its remainder, so that it agrees with MOD. */
  private static double floorDivide(double a, double b) {
    double quotient = (a - mod(a, b)) / b;
    if (quotient == 0 || b == 0) {
      return b == 0 ? a / b : quotient;
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double mod(double a, double b) {
    double remainder = a % b;
    if (remainder == 0) {
      return Math.copySign(0.0, b);
    }
    return remainder < 0 == b < 0 ? remainder : remainder + b;
  }

  private static double power(double a, double b) {
    if (b == 2) {
      return a * a;
    }
    return a == 1 ? 1 : StrictMath.pow(a, b);
  }

  /** Precise to a float's last bit, and unlike StrictMath.pow it allocates nothing. */
  private static float floatPower(float a, float b) {
    if (b == 2) {
      return a * a;
    }
    return a > 0 && a < Float.POSITIVE_INFINITY && Math.abs(b) < Float.POSITIVE_INFINITY
        ? (float) StrictMath.exp(b * StrictMath.log(a))
        : (float) power(a, b);
  }

  private static long power(long a, long b) {
    if (b < 0) {
      return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
    }
    long result = 1;
    long square = a;
    for (long left = b; left > 0; left >>= 1) {
      if ((left & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  private static double logAddExp(double a, double b) {
    if (a == b) {
      return a + LN2;
    }
    double difference = -Math.abs(a - b);
    return Math.max(a, b) + StrictMath.log1p(StrictMath.exp(difference));
  }

  private static long gcd(long a, long b) {
    long x = Math.abs(a);
    long y = Math.abs(b);
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return x;
  }

  /** y = f(a, b) for arrays of one kind: float[], double[] or long[]. */
  public void apply(Object a, Object b, Object y, int n) {
    switch (y) {
      case float[] floats -> apply((float[]) a, (float[]) b, floats, n);
      case double[] doubles -> apply((double[]) a, (double[]) b, doubles, n);
      case long[] longs -> apply((long[]) a, (long[]) b, longs, n);
      default -> throw new IllegalArgumentException(y.getClass().getSimpleName());
    }
  }
}
