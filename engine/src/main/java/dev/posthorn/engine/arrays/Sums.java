package dev.posthorn.engine.arrays;

/** Sums in double by four interleaved chains: their order depends on the length alone. */
public final class Sums {
  private Sums() {}

  public static double of(float[] x, int from, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int end = from + length;
    int i = from;
    for (; i + 3 < end; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < end; i++) {
      a += x[i];
    }
    return a + b + (c + d);
  }

  public static double of(double[] x, int from, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int end = from + length;
    int i = from;
    for (; i + 3 < end; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < end; i++) {
      a += x[i];
    }
    return a + b + (c + d);
  }

  /** The sum of (x - center)^2. */
  public static double squares(float[] x, int from, int length, double center) {
    double a = 0;
    double b = 0;
    int end = from + length;
    int i = from;
    for (; i + 1 < end; i += 2) {
      double p = x[i] - center;
      double q = x[i + 1] - center;
      a += p * p;
      b += q * q;
    }
    if (i < end) {
      double p = x[i] - center;
      a += p * p;
    }
    return a + b;
  }

  /** The sum of (x - center)^2. */
  public static double squares(double[] x, int from, int length, double center) {
    double a = 0;
    double b = 0;
    int end = from + length;
    int i = from;
    for (; i + 1 < end; i += 2) {
      double p = x[i] - center;
      double q = x[i + 1] - center;
      a += p * p;
      b += q * q;
    }
    if (i < end) {
      double p = x[i] - center;
      a += p * p;
    }
    return a + b;
  }
}
