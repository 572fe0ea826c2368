package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.engine.arrays.Sums;
import dev.posthorn.spi.DType;

/** What a reduction makes of a row. Float rows are doubles; integers and booleans are longs. */
enum Reduction {
  SUM,
  MEAN,
  PROD,
  MAX,
  MIN,
  ANY,
  ALL,
  ARGMAX,
  ARGMIN,
  VAR,
  STD,
  COUNT_NONZERO,
  /** The largest less the smallest. */
  PTP,
  /** The logarithm of the sum of exponentials. */
  LOGSUMEXP;

  /** The type of the result. */
  DType result(DType type) {
    return switch (this) {
      case SUM, PROD -> Promotion.sum(type);
      case MEAN, VAR, STD, LOGSUMEXP -> Promotion.floating(type);
      case MAX, MIN, PTP -> type;
      case ANY, ALL -> DType.BOOL;
      case ARGMAX, ARGMIN, COUNT_NONZERO -> DType.INT32;
    };
  }

  /** Whether integers must be seen as doubles. */
  boolean floating() {
    return this == MEAN || this == VAR || this == STD || this == LOGSUMEXP;
  }

  double of(double[] x, int from, int n) {
    return switch (this) {
      case SUM -> Sums.of(x, from, n);
      case MEAN -> Sums.of(x, from, n) / n;
      case PROD -> product(x, from, n);
      case MAX -> x[index(x, from, n, true)];
      case MIN -> x[index(x, from, n, false)];
      case PTP -> x[index(x, from, n, true)] - x[index(x, from, n, false)];
      case ARGMAX -> index(x, from, n, true) - from;
      case ARGMIN -> index(x, from, n, false) - from;
      case ANY -> nonZero(x, from, n) > 0 ? 1 : 0;
      case ALL -> nonZero(x, from, n) == n ? 1 : 0;
      case COUNT_NONZERO -> nonZero(x, from, n);
      case VAR -> Sums.squares(x, from, n, Sums.of(x, from, n) / n) / n;
      case STD -> Math.sqrt(Sums.squares(x, from, n, Sums.of(x, from, n) / n) / n);
      case LOGSUMEXP -> logSumExp(x, from, n);
    };
  }

  long of(long[] x, int from, int n) {
    return switch (this) {
      case SUM -> {
        long sum = 0;
        for (int i = from; i < from + n; i++) {
          sum += x[i];
        }
        yield sum;
      }
      case PROD -> {
        long product = 1;
        for (int i = from; i < from + n; i++) {
          product *= x[i];
        }
        yield product;
      }
      case MAX -> x[index(x, from, n, true)];
      case MIN -> x[index(x, from, n, false)];
      case PTP -> x[index(x, from, n, true)] - x[index(x, from, n, false)];
      case ARGMAX -> index(x, from, n, true) - from;
      case ARGMIN -> index(x, from, n, false) - from;
      case ANY -> nonZero(x, from, n) > 0 ? 1 : 0;
      case ALL -> nonZero(x, from, n) == n ? 1 : 0;
      case COUNT_NONZERO -> nonZero(x, from, n);
      case MEAN, VAR, STD, LOGSUMEXP -> throw new IllegalStateException(this + " of integers");
    };
  }

  private static double product(double[] x, int from, int n) {
    double product = 1;
    for (int i = from; i < from + n; i++) {
      product *= x[i];
    }
    return product;
  }

  /** The first largest or smallest; the first NaN beats all. */
  private static int index(double[] x, int from, int n, boolean largest) {
    int best = from;
    for (int i = from; i < from + n; i++) {
      if (Double.isNaN(x[i])) {
        return i;
      }
      if (largest ? x[i] > x[best] : x[i] < x[best]) {
        best = i;
      }
    }
    return best;
  }

  private static int index(long[] x, int from, int n, boolean largest) {
    int best = from;
    for (int i = from; i < from + n; i++) {
      if (largest ? x[i] > x[best] : x[i] < x[best]) {
        best = i;
      }
    }
    return best;
  }

  private static int nonZero(double[] x, int from, int n) {
    int count = 0;
    for (int i = from; i < from + n; i++) {
      count += x[i] != 0 ? 1 : 0;
    }
    return count;
  }

  private static int nonZero(long[] x, int from, int n) {
    int count = 0;
    for (int i = from; i < from + n; i++) {
      count += x[i] != 0 ? 1 : 0;
    }
    return count;
  }

  private static double logSumExp(double[] x, int from, int n) {
    double max = x[index(x, from, n, true)];
    if (Double.isInfinite(max) || Double.isNaN(max)) {
      return max;
    }
    double sum = 0;
    for (int i = from; i < from + n; i++) {
      sum += StrictMath.exp(x[i] - max);
    }
    return max + StrictMath.log(sum);
  }
}
