package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Function;

/** The functions of one number in double, on StrictMath: the same bits on every machine. */
final class ScalarFunctions {
  private static final double SQRT_HALF = 0.7071067811865476;
  private static final double SQRT_PI = 1.772453850905516;
  private static final double SQRT_2_OVER_PI = 0.7978845608028654;

  private ScalarFunctions() {}

  static double apply(Function f, double a, double b, double x) {
    return switch (f) {
      case EXP -> StrictMath.exp(x);
      case EXPM1 -> StrictMath.expm1(x);
      case LOG -> StrictMath.log(x);
      case LOG1P -> StrictMath.log1p(x);
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> erf(x);
      case SOFTPLUS -> softplus(x);
      case LOG_SIGMOID -> -softplus(-x);
      case SILU -> x * sigmoid(x);
      case GELU -> 0.5 * x * erfc(-x * SQRT_HALF);
      case GELU_TANH -> x * sigmoid(2 * SQRT_2_OVER_PI * (x + 0.044715 * x * x * x));
      case MISH -> x * StrictMath.tanh(softplus(x));
      case ELU -> x > 0 ? x : a * StrictMath.expm1(x);
      case SELU -> b * (x > 0 ? x : a * StrictMath.expm1(x));
      case CELU -> x > 0 ? x : a * StrictMath.expm1(x / a);
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case HARD_SIGMOID -> clip(a * x + b, 0, 1);
      case HARD_SILU -> x * clip(a * x + b, 0, 1);
      case CLIP -> clip(x, a, b);
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case HARD_SHRINK -> Math.abs(x) > a ? x : 0;
      case SOFT_SHRINK -> x > a ? x - a : x < -a ? x + a : 0;
      case TANH_SHRINK -> x - StrictMath.tanh(x);
      case THRESHOLD -> x > a ? x : b;
      case SQUAREPLUS -> squareplus(x, a);
      case SPARSE_PLUS -> x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case SIN -> StrictMath.sin(x);
      case COS -> StrictMath.cos(x);
    };
  }

  private static double clip(double x, double low, double high) {
    return Math.min(Math.max(x, low), high);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  /** Below 0 in a form that does not cancel. */
  private static double squareplus(double x, double a) {
    double sum = Math.abs(x) + Math.sqrt(x * x + a);
    return x < 0 ? 0.5 * a / sum : 0.5 * sum;
  }

  static double erf(double x) {
    return Math.abs(x) < 2.5 ? erfSeries(x) : x > 0 ? 1 - erfcFraction(x) : erfcFraction(-x) - 1;
  }

  private static double erfc(double x) {
    return x < 2.5 ? 1 - erf(x) : erfcFraction(x);
  }

  /** Abramowitz and Stegun 7.1.6: all terms have the sign of x. */
  private static double erfSeries(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 60; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / SQRT_PI * StrictMath.exp(-x * x) * sum;
  }

  /** Abramowitz and Stegun 7.1.14, from the inside out, for x from 2.5; NaN stays NaN. */
  private static double erfcFraction(double x) {
    double fraction = x;
    for (int n = 60; n > 0; n--) {
      fraction = x + 0.5 * n / fraction;
    }
    return StrictMath.exp(-x * x) / (SQRT_PI * fraction);
  }
}
