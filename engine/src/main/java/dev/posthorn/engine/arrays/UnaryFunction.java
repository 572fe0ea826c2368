package dev.posthorn.engine.arrays;

import dev.posthorn.spi.Activation;

/** The functions of one number in keras.ops that are not among the kernels'; computed in double. */
public enum UnaryFunction implements Activation {
  ABSOLUTE,
  NEGATIVE,
  SQUARE,
  SIGN,
  FLOOR,
  CEIL,
  /** To the nearest integer, halves to the even one. */
  ROUND,
  TRUNC,
  RECIPROCAL,
  TAN,
  SINH,
  COSH,
  ARCSIN,
  ARCCOS,
  ARCTAN,
  ARCSINH,
  ARCCOSH,
  ARCTANH,
  EXP2,
  LOG2,
  LOG10,
  CBRT,
  DEG2RAD,
  RAD2DEG,
  SINC,
  ERFC,
  ERFINV,
  /** The modified Bessel function of order 0. */
  I0,
  COPY;

  private static final double LN2 = 0.69314718055994530942;

  @Override
  public void apply(float[] x, int from, int to) {
    switch (this) {
      case ABSOLUTE -> {
        for (int i = from; i < to; i++) {
          x[i] = Math.abs(x[i]);
        }
      }
      case NEGATIVE -> {
        for (int i = from; i < to; i++) {
          x[i] = -x[i];
        }
      }
      case SQUARE -> {
        for (int i = from; i < to; i++) {
          x[i] = x[i] * x[i];
        }
      }
      case RECIPROCAL -> {
        for (int i = from; i < to; i++) {
          x[i] = 1 / x[i];
        }
      }
      case COPY -> {}
      default -> {
        for (int i = from; i < to; i++) {
          x[i] = (float) at(x[i]);
        }
      }
    }
  }

  @Override
  public void apply(double[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = at(x[i]);
    }
  }

  /** The same for integers, where they stay integers: {@link #keepsIntegers}. */
  public void apply(long[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] =
          switch (this) {
            case ABSOLUTE -> Math.abs(x[i]);
            case NEGATIVE -> -x[i];
            case SQUARE -> x[i] * x[i];
            case SIGN -> Long.signum(x[i]);
            default -> x[i];
          };
    }
  }

  /** Whether an integer input gives an integer. */
  public boolean keepsIntegers() {
    return switch (this) {
      case ABSOLUTE, NEGATIVE, SQUARE, SIGN, ROUND, TRUNC, COPY -> true;
      default -> false;
    };
  }

  private double at(double x) {
    return switch (this) {
      case ABSOLUTE -> Math.abs(x);
      case NEGATIVE -> -x;
      case SQUARE -> x * x;
      case SIGN -> Math.signum(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
      case TRUNC -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case RECIPROCAL -> 1 / x;
      case TAN -> StrictMath.tan(x);
      case SINH -> StrictMath.sinh(x);
      case COSH -> StrictMath.cosh(x);
      case ARCSIN -> StrictMath.asin(x);
      case ARCCOS -> StrictMath.acos(x);
      case ARCTAN -> StrictMath.atan(x);
      case ARCSINH -> Math.copySign(arcsinh(Math.abs(x)), x);
      case ARCCOSH -> StrictMath.log(x + Math.sqrt(x - 1) * Math.sqrt(x + 1));
      case ARCTANH -> 0.5 * (StrictMath.log1p(x) - StrictMath.log1p(-x));
      case EXP2 -> exp2(x);
      case LOG2 -> StrictMath.log(x) / LN2;
      case LOG10 -> StrictMath.log10(x);
      case CBRT -> StrictMath.cbrt(x);
      case DEG2RAD -> x * (Math.PI / 180);
      case RAD2DEG -> x * (180 / Math.PI);
      case SINC -> x == 0 ? 1 : StrictMath.sin(Math.PI * x) / (Math.PI * x);
      case ERFC -> ErrorFunction.erfc(x);
      case ERFINV -> ErrorFunction.inverse(x);
      case I0 -> besselI0(x);
      case COPY -> x;
    };
  }

  private static double exp2(double x) {
    return x == Math.rint(x) && Math.abs(x) < Double.MAX_EXPONENT
        ? Math.scalb(1.0, (int) x)
        : StrictMath.exp(x * LN2);
  }

  private static double arcsinh(double x) {
    return StrictMath.log1p(x + x * x / (1 + Math.sqrt(1 + x * x)));
  }

  /** The power series; all its terms are positive, so nothing cancels. */
  private static double besselI0(double x) {
    double quarter = x * x / 4;
    double term = 1;
    double sum = 1;
    for (int k = 1; term > 1e-17 * sum && sum < Double.POSITIVE_INFINITY; k++) {
      term *= quarter / ((double) k * k);
      sum += term;
    }
    return sum;
  }
}
