package dev.posthorn.engine.layers.pooling;

/** Runs of channels joined into others: floats or doubles. */
final class Channels {
  private Channels() {}

  /** y = max(y, x) or y + x; just x where it is the first. */
  static void join(boolean max, boolean first, Object x, int from, Object y, int to, int n) {
    if (first) {
      System.arraycopy(x, from, y, to, n);
    } else if (x instanceof float[] a) {
      if (max) {
        max(a, from, (float[]) y, to, n);
      } else {
        add(a, from, (float[]) y, to, n);
      }
    } else if (max) {
      max((double[]) x, from, (double[]) y, to, n);
    } else {
      add((double[]) x, from, (double[]) y, to, n);
    }
  }

  private static void max(float[] x, int from, float[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] = Math.max(y[to + i], x[from + i]);
    }
  }

  private static void max(double[] x, int from, double[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] = Math.max(y[to + i], x[from + i]);
    }
  }

  private static void add(float[] x, int from, float[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] += x[from + i];
    }
  }

  private static void add(double[] x, int from, double[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] += x[from + i];
    }
  }

  static void divide(Object y, int at, int n, int count) {
    if (y instanceof float[] floats) {
      for (int i = at; i < at + n; i++) {
        floats[i] /= count;
      }
    } else {
      double[] doubles = (double[]) y;
      for (int i = at; i < at + n; i++) {
        doubles[i] /= count;
      }
    }
  }

  /** The mean of nothing is no number. */
  static void fillNothing(Object y, int at, int n) {
    if (y instanceof float[] floats) {
      java.util.Arrays.fill(floats, at, at + n, Float.NaN);
    } else {
      java.util.Arrays.fill((double[]) y, at, at + n, Double.NaN);
    }
  }
}
