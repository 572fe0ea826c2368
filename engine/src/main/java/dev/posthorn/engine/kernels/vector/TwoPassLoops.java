package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Functions made of an exponential and something long, in place over whole vectors: too long for one loop. The first
 * loop writes the exponentials into scratch memory, the second does the rest.
 */
final class TwoPassLoops {
  private TwoPassLoops() {}

  /** The first loop of softplus and logSigmoid. */
  static void expOfMinusAbs(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      Elementary.exp(FloatVector.fromArray(SPECIES, x, i).abs().neg()).intoArray(scratch, i - from);
    }
  }

  /** The first loop of erf. */
  static void expOfMinusSquare(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.exp(v.mul(v).neg()).intoArray(scratch, i - from);
    }
  }

  /** The first loop of gelu. */
  static void expOfMinusHalfSquare(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector z = FloatVector.fromArray(SPECIES, x, i).mul(Elementary.SQRT_HALF);
      Elementary.exp(z.mul(z).neg()).intoArray(scratch, i - from);
    }
  }

  static void softplus(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.softplus(v, FloatVector.fromArray(SPECIES, scratch, i - from)).intoArray(x, i);
    }
  }

  static void logSigmoid(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i).neg();
      Elementary.softplus(v, FloatVector.fromArray(SPECIES, scratch, i - from)).neg().intoArray(x, i);
    }
  }

  static void erf(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.erf(v, FloatVector.fromArray(SPECIES, scratch, i - from)).intoArray(x, i);
    }
  }

  static void gelu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.gelu(v, FloatVector.fromArray(SPECIES, scratch, i - from)).intoArray(x, i);
    }
  }
}
