package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * A matrix of one column: a vector of partial sums for each row, each through k in order, then its lanes added in a
 * fixed tree. (The JDK's own reduction adds in another order once it is compiled.) Four rows at a time, so that their
 * latencies overlap.
 */
final class Dot {
  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(SPECIES, 8 % COUNT, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(SPECIES, 4 % COUNT, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(SPECIES, 2 % COUNT, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(SPECIES, 1, 1, true);

  private static final Rows[] ROWS = {Dot::wholeRows, Dot::brokenRows};

  /** Compiled each by itself, as {@link Tile}s are. */
  @FunctionalInterface
  private interface Rows {
    void run(
        float[] x, int xAt, int xStride, int rows, float[] w, int k, float init, float lo,
        float[] y, int yAt, int yStride, float[] tail);
  }

  private Dot() {}

  /**
   * For each row of x: max(init + x w, lo); results lie {@code yStride} apart.
   *
   * @param w the column, filled up to whole vectors
   * @param tail scratch of one vector
   */
  static void rows(
      float[] x, int xAt, int xStride, int rows, float[] w, int k, float init, float lo,
      float[] y, int yAt, int yStride, float[] tail) {
    ROWS[k % COUNT == 0 ? 0 : 1].run(x, xAt, xStride, rows, w, k, init, lo, y, yAt, yStride, tail);
  }

  private static void wholeRows(
      float[] x, int xAt, int xStride, int rows, float[] w, int k, float init, float lo,
      float[] y, int yAt, int yStride, float[] tail) {
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      fourWhole(x, xAt + r * xStride, xStride, w, k, init, lo, y, yAt + r * yStride, yStride);
    }
    for (; r < rows; r++) {
      whole(x, xAt + r * xStride, w, k, init, lo, y, yAt + r * yStride);
    }
  }

  private static void brokenRows(
      float[] x, int xAt, int xStride, int rows, float[] w, int k, float init, float lo,
      float[] y, int yAt, int yStride, float[] tail) {
    Arrays.fill(tail, 0, COUNT, 0);
    for (int r = 0; r < rows; r++) {
      broken(x, xAt + r * xStride, w, k, init, lo, y, yAt + r * yStride, tail);
    }
  }

  private static void fourWhole(
      float[] x, int xAt, int xStride, float[] w, int k, float init, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector a3 = FloatVector.zero(SPECIES);
    for (int j = 0; j < k; j += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, w, j);
      a0 = FloatVector.fromArray(SPECIES, x, xAt + j).fma(v, a0);
      a1 = FloatVector.fromArray(SPECIES, x, x1 + j).fma(v, a1);
      a2 = FloatVector.fromArray(SPECIES, x, x2 + j).fma(v, a2);
      a3 = FloatVector.fromArray(SPECIES, x, x3 + j).fma(v, a3);
    }
    y[yAt] = Math.max(init + sum(a0), lo);
    y[yAt + yStride] = Math.max(init + sum(a1), lo);
    y[yAt + 2 * yStride] = Math.max(init + sum(a2), lo);
    y[yAt + 3 * yStride] = Math.max(init + sum(a3), lo);
  }

  private static void whole(float[] x, int at, float[] w, int k, float init, float lo, float[] y, int yAt) {
    FloatVector a = FloatVector.zero(SPECIES);
    for (int j = 0; j < k; j += COUNT) {
      a = FloatVector.fromArray(SPECIES, x, at + j).fma(FloatVector.fromArray(SPECIES, w, j), a);
    }
    y[yAt] = Math.max(init + sum(a), lo);
  }

  private static void broken(
      float[] x, int at, float[] w, int k, float init, float lo, float[] y, int yAt, float[] tail) {
    FloatVector a = FloatVector.zero(SPECIES);
    int j = 0;
    for (; j < k - COUNT; j += COUNT) {
      a = FloatVector.fromArray(SPECIES, x, at + j).fma(FloatVector.fromArray(SPECIES, w, j), a);
    }
    System.arraycopy(x, at + j, tail, 0, k - j);
    a = FloatVector.fromArray(SPECIES, tail, 0).fma(FloatVector.fromArray(SPECIES, w, j), a);
    y[yAt] = Math.max(init + sum(a), lo);
  }

  /** The sum of all lanes: the upper half onto the lower one until one lane is left. */
  private static float sum(FloatVector v) {
    FloatVector s = v;
    if (COUNT >= 16) {
      s = s.add(s.rearrange(BY_8));
    }
    if (COUNT >= 8) {
      s = s.add(s.rearrange(BY_4));
    }
    if (COUNT >= 4) {
      s = s.add(s.rearrange(BY_2));
    }
    return s.add(s.rearrange(BY_1)).lane(0);
  }
}
