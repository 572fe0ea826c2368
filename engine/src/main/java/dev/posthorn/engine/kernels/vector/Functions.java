package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;

import dev.posthorn.spi.Function;
import org.jspecify.annotations.Nullable;

/**
 * The loops of a function. They are called through an interface so that C2 compiles each by itself: it stops making
 * instructions of vectors when too much has gone into one method.
 */
final class Functions {
  /** The longest stretch of one loop. */
  static final int CHUNK = 1024;

  /** One pass over whole vectors of x, in place; a and b are the function's, scratch is as long as the stretch. */
  @FunctionalInterface
  private interface Loop {
    void run(float a, float b, float[] x, int from, int to, float[] scratch);
  }

  private Functions() {}

  /** Replaces x by f(x). A tail is copied into a whole vector, so that it sees the same arithmetic. */
  static void apply(Function f, float a, float b, float[] x, int from, int to, Scratch scratch) {
    Loop before = before(f);
    Loop loop = loop(f);
    float[] tail = scratch.lanes();
    int count;
    for (int i = from; i < to; i += count) {
      count = Math.min(CHUNK, to - i);
      boolean whole = count >= COUNT;
      if (whole) {
        count -= count % COUNT;
      } else {
        System.arraycopy(x, i, tail, 0, count);
      }
      float[] target = whole ? x : tail;
      int first = whole ? i : 0;
      int end = whole ? i + count : COUNT;
      if (before != null) {
        before.run(a, b, target, first, end, scratch.chunk());
      }
      loop.run(a, b, target, first, end, scratch.chunk());
      if (!whole) {
        System.arraycopy(tail, 0, x, i, count);
      }
    }
  }

  private static @Nullable Loop before(Function f) {
    return switch (f) {
      case ERF -> TwoPassLoops::expOfMinusSquare;
      case GELU -> TwoPassLoops::expOfMinusHalfSquare;
      case SOFTPLUS, LOG_SIGMOID -> TwoPassLoops::expOfMinusAbs;
      case SIN -> CircularLoops::sin;
      case COS -> CircularLoops::cos;
      default -> null;
    };
  }

  private static Loop loop(Function f) {
    return switch (f) {
      case EXP -> ExponentialLoops::exp;
      case EXPM1 -> ExponentialLoops::expm1;
      case LOG -> ExponentialLoops::log;
      case LOG1P -> ExponentialLoops::log1p;
      case TANH -> ExponentialLoops::tanh;
      case SIGMOID -> ExponentialLoops::sigmoid;
      case SILU -> ExponentialLoops::silu;
      case GELU_TANH -> ExponentialLoops::geluTanh;
      case MISH -> ExponentialLoops::mish;
      case ELU -> ExponentialLoops::elu;
      case SELU -> ExponentialLoops::selu;
      case CELU -> ExponentialLoops::celu;
      case TANH_SHRINK -> ExponentialLoops::tanhShrink;
      case ERF -> TwoPassLoops::erf;
      case SOFTPLUS -> TwoPassLoops::softplus;
      case LOG_SIGMOID -> TwoPassLoops::logSigmoid;
      case GELU -> TwoPassLoops::gelu;
      case RELU -> ArithmeticLoops::relu;
      case LEAKY_RELU -> ArithmeticLoops::leakyRelu;
      case HARD_SIGMOID -> ArithmeticLoops::hardSigmoid;
      case HARD_SILU -> ArithmeticLoops::hardSilu;
      case CLIP -> ArithmeticLoops::clip;
      case SOFTSIGN -> ArithmeticLoops::softsign;
      case HARD_SHRINK -> ArithmeticLoops::hardShrink;
      case SOFT_SHRINK -> ArithmeticLoops::softShrink;
      case THRESHOLD -> ArithmeticLoops::threshold;
      case SQUAREPLUS -> ArithmeticLoops::squareplus;
      case SPARSE_PLUS -> ArithmeticLoops::sparsePlus;
      case SQRT -> ArithmeticLoops::sqrt;
      case RSQRT -> ArithmeticLoops::rsqrt;
      case SIN -> CircularLoops::sinOfLarge;
      case COS -> CircularLoops::cosOfLarge;
    };
  }
}
