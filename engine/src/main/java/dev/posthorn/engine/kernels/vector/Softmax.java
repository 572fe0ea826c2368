package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** e^(x - max) over its sum. A row that is no whole number of vectors is filled up with -infinity, which adds 0. */
final class Softmax {
  private static final Pass[] PASSES = {Softmax::max, Softmax::exponentials, Softmax::divide};

  /** One pass over a row, compiled by itself; {@code lanes} carries partial results to the next one. */
  @FunctionalInterface
  private interface Pass {
    void run(float[] x, int from, int to, float[] lanes);
  }

  private Softmax() {}

  static void row(float[] x, int from, int to, Scratch scratch) {
    int n = to - from;
    int whole = PackedMatrix.up(n);
    if (n == whole) {
      wholeRow(x, from, to, scratch.lanes());
      return;
    }
    float[] copy = scratch.row(whole);
    System.arraycopy(x, from, copy, 0, n);
    Arrays.fill(copy, n, whole, Float.NEGATIVE_INFINITY);
    wholeRow(copy, 0, whole, scratch.lanes());
    System.arraycopy(copy, 0, x, from, n);
  }

  private static void wholeRow(float[] x, int from, int to, float[] lanes) {
    for (Pass pass : PASSES) {
      pass.run(x, from, to, lanes);
    }
  }

  private static void max(float[] x, int from, int to, float[] lanes) {
    FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = from; i < to; i += COUNT) {
      max = max.max(FloatVector.fromArray(SPECIES, x, i));
    }
    max.intoArray(lanes, 0);
  }

  private static float highest(float[] lanes) {
    float max = Float.NEGATIVE_INFINITY;
    for (float lane : lanes) {
      max = Math.max(max, lane);
    }
    return max;
  }

  private static void exponentials(float[] x, int from, int to, float[] lanes) {
    float max = highest(lanes);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = from; i < to; i += COUNT) {
      FloatVector e = Elementary.exp(FloatVector.fromArray(SPECIES, x, i).sub(max));
      e.intoArray(x, i);
      sum = sum.add(e);
    }
    sum.intoArray(lanes, 0);
  }

  private static float sum(float[] lanes) {
    double sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    return (float) sum;
  }

  private static void divide(float[] x, int from, int to, float[] lanes) {
    float sum = sum(lanes);
    for (int i = from; i < to; i += COUNT) {
      FloatVector.fromArray(SPECIES, x, i).div(sum).intoArray(x, i);
    }
  }
}
