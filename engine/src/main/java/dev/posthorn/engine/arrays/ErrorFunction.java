package dev.posthorn.engine.arrays;

/**
 * The error function in double: its Taylor series near 0, else the continued fraction of erfc (Abramowitz and Stegun
 * 7.1.5, 7.1.14). Within 1e-14.
 */
final class ErrorFunction {
  private static final double TWO_OVER_SQRT_PI = 1.1283791670955125739;
  private static final double SERIES_UP_TO = 2.5;
  private static final double ERFC_IS_ZERO = 27.3;
  private static final int FRACTION_DEPTH = 60;

  private ErrorFunction() {}

  static double erf(double x) {
    if (Math.abs(x) <= SERIES_UP_TO) {
      return series(x);
    }
    return Double.isNaN(x) ? x : x > 0 ? 1 - fraction(x) : fraction(-x) - 1;
  }

  /** 1 - erf(x), small values included. */
  static double erfc(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (x > SERIES_UP_TO) {
      return fraction(x);
    }
    return x >= -SERIES_UP_TO ? 1 - series(x) : 2 - fraction(-x);
  }

  private static double series(double x) {
    double square = x * x;
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= -square / n;
      sum += term / (2 * n + 1);
    }
    return TWO_OVER_SQRT_PI * sum;
  }

  private static double fraction(double x) {
    if (x > ERFC_IS_ZERO) {
      return 0;
    }
    double below = 0;
    for (int n = FRACTION_DEPTH; n > 0; n--) {
      below = n / 2.0 / (x + below);
    }
    return StrictMath.exp(-x * x) / ((x + below) * Math.sqrt(Math.PI));
  }

  /** The x of which y is the error function: a first guess (Winitzki 2008), then Newton's method. */
  static double inverse(double y) {
    if (Math.abs(y) >= 1 || Double.isNaN(y)) {
      return Math.abs(y) == 1 ? y * Double.POSITIVE_INFINITY : Double.NaN;
    }
    double w = -StrictMath.log1p(-y * y);
    double middle = 2 / (Math.PI * 0.147) - w / 2;
    double x = Math.copySign(Math.sqrt(Math.sqrt(middle * middle + w / 0.147) - middle), y);
    for (int i = 0; i < 4; i++) {
      double slope = TWO_OVER_SQRT_PI * StrictMath.exp(-x * x);
      x -= (erf(x) - y) / slope;
    }
    return x;
  }
}
