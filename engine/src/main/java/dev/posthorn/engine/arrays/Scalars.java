package dev.posthorn.engine.arrays;

import dev.posthorn.spi.Function;

/** The functions of the kernels for one double, from StrictMath: slow, exact to about an ulp, the same everywhere. */
public final class Scalars {
  private static final double SQRT_HALF = 0.70710678118654752440;
  private static final double SQRT_2_OVER_PI = 0.79788456080286535588;

  private Scalars() {}

  /** f(x) with the parameters of {@link Function}. */
  public static double at(Function f, double a, double b, double x) {
    return switch (f) {
      case EXP -> StrictMath.exp(x);
      case EXPM1 -> StrictMath.expm1(x);
      case LOG -> StrictMath.log(x);
      case LOG1P -> StrictMath.log1p(x);
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> ErrorFunction.erf(x);
      case SOFTPLUS -> softplus(x);
      case LOG_SIGMOID -> -softplus(-x);
      case SILU -> x == Double.NEGATIVE_INFINITY ? 0 : x * sigmoid(x);
      case GELU -> x == Double.NEGATIVE_INFINITY ? 0 : 0.5 * x * ErrorFunction.erfc(-x * SQRT_HALF);
      case GELU_TANH -> geluTanh(x);
      case MISH -> x == Double.NEGATIVE_INFINITY ? 0 : x * StrictMath.tanh(softplus(x));
      case ELU -> x > 0 ? x : a * StrictMath.expm1(x);
      case SELU -> x > 0 ? b * x : b * a * StrictMath.expm1(x);
      case CELU -> x > 0 ? x : a * StrictMath.expm1(x / a);
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case HARD_SIGMOID -> clip(a * x + b, 0, 1);
      case HARD_SILU -> x == Double.NEGATIVE_INFINITY ? 0 : x * clip(a * x + b, 0, 1);
      case CLIP -> clip(x, a, b);
      case SOFTSIGN -> Double.isInfinite(x) ? Math.signum(x) : x / (1 + Math.abs(x));
      case HARD_SHRINK -> x > a || x < -a || Double.isNaN(x) ? x : 0;
      case SOFT_SHRINK -> x > a ? x - a : x < -a ? x + a : Double.isNaN(x) ? x : 0;
      case TANH_SHRINK -> x - StrictMath.tanh(x);
      case THRESHOLD -> x > a ? x : b;
      case SQUAREPLUS -> (x + Math.sqrt(x * x + a)) / 2;
      case SPARSE_PLUS -> x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case SIN -> StrictMath.sin(x);
      case COS -> StrictMath.cos(x);
    };
  }

  private static double clip(double x, double from, double to) {
    return Math.min(Math.max(x, from), to);
  }

  private static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static double geluTanh(double x) {
    if (x == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    return 0.5 * x * (1 + StrictMath.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
  }
}
