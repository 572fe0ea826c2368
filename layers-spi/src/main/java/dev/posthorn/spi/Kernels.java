package dev.posthorn.spi;

import org.jspecify.annotations.Nullable;

/**
 * The hot loops. Whatever the number of rows, a row's result has the same bits; NaN and infinities are numbers.
 * Thread-safe; nothing is allocated.
 */
public interface Kernels {
  /** {@code ejml}, {@code vector512}, ...: the name that {@code --kernels} takes. */
  String name();

  /**
   * y = activation(x m + bias): {@code rows} rows of {@code m.rows()} numbers each, which lie one behind the other from
   * {@code xFrom} on, give rows of {@code m.columns()} numbers from {@code yFrom} on. A ROW activation is not applied
   * here unless it keeps the length of a row.
   */
  void affine(
      float[] x, int xFrom, int rows, Matrix m, float @Nullable [] bias, Activation activation, float[] y, int yFrom);

  /** The same in float64. */
  void affine(
      double[] x, int xFrom, int rows, Matrix m, double @Nullable [] bias, Activation activation, double[] y, int yFrom);

  /**
   * c = a b, or c += a b: a is (m, k), b is (k, n), or (n, k) if it is transposed, all row-major with the given distance
   * between rows.
   */
  void multiply(
      int m, int n, int k,
      float[] a, int aFrom, int aStride,
      float[] b, int bFrom, int bStride, boolean bTransposed,
      float[] c, int cFrom, int cStride, boolean add);

  /** The same in float64. */
  void multiply(
      int m, int n, int k,
      double[] a, int aFrom, int aStride,
      double[] b, int bFrom, int bStride, boolean bTransposed,
      double[] c, int cFrom, int cStride, boolean add);

  /** Replaces x by f(x). */
  void apply(Function f, float a, float b, float[] x, int from, int to);

  /** Replaces x by f(x). */
  void apply(Function f, double a, double b, double[] x, int from, int to);

  /** Softmax of the row from {@code from} (inclusive) to {@code to} (exclusive), in place. */
  void softmax(float[] x, int from, int to);

  /** Softmax of a row, in place. */
  void softmax(double[] x, int from, int to);

  /** Convolutions over images. */
  Convolutions convolutions();

  /** Maxima and means over windows. */
  Poolings poolings();

  /** Element-wise arithmetic on rows of channels. */
  Channels channels();

  /** The steps of recurrent cells. */
  Recurrences recurrences();
}
