package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The gates of one row of a recurrent cell, over whole vectors: n numbers of each gate, {@code gate} apart, in x and in r,
 * whose sums they are functions of. Each loop has one exponential: with two, C2 gives up making instructions of the
 * vectors. With sigmoid(a) = 1 / (1 + e^-a) and tanh(b) = m / (m + 2), m = e^2b - 1, one division does for a product of
 * both.
 */
final class GateLoops {
  private GateLoops() {}

  /** p = 1 / sigmoid(i). */
  static void lstmInput(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector i =
          FloatVector.fromArray(SPECIES, x, xAt + j)
              .add(FloatVector.fromArray(SPECIES, r, rAt + j));
      Elementary.onePlusExpOfMinusBounded(i).intoArray(p, j);
    }
  }

  /** p = tanh(g) / p. */
  static void lstmCandidate(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector g =
          FloatVector.fromArray(SPECIES, x, xAt + 2 * gate + j)
              .add(FloatVector.fromArray(SPECIES, r, rAt + 2 * gate + j));
      FloatVector m = Elementary.expm1OfTwice(g);
      m.div(m.add(2).mul(FloatVector.fromArray(SPECIES, p, j))).intoArray(p, j);
    }
  }

  /** c = sigmoid(f) c + p. */
  static void lstmState(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector f =
          FloatVector.fromArray(SPECIES, x, xAt + gate + j)
              .add(FloatVector.fromArray(SPECIES, r, rAt + gate + j));
      FloatVector kept = FloatVector.fromArray(SPECIES, c, at + j).div(Elementary.onePlusExpOfMinus(f));
      kept.add(FloatVector.fromArray(SPECIES, p, j)).intoArray(c, at + j);
    }
  }

  /** p = 1 / sigmoid(o). */
  static void lstmOutput(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector o =
          FloatVector.fromArray(SPECIES, x, xAt + 3 * gate + j)
              .add(FloatVector.fromArray(SPECIES, r, rAt + 3 * gate + j));
      Elementary.onePlusExpOfMinusBounded(o).intoArray(p, j);
    }
  }

  /** h = tanh(c) / p. */
  static void lstmResult(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector m = Elementary.expm1OfTwice(FloatVector.fromArray(SPECIES, c, at + j));
      m.div(m.add(2).mul(FloatVector.fromArray(SPECIES, p, j))).intoArray(h, at + j);
    }
  }

  /** p = x + sigmoid(r) r, with the candidate's parts of x and r. */
  static void gruReset(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector reset =
          FloatVector.fromArray(SPECIES, x, xAt + gate + j)
              .add(FloatVector.fromArray(SPECIES, r, rAt + gate + j));
      FloatVector part = FloatVector.fromArray(SPECIES, r, rAt + 2 * gate + j).div(Elementary.onePlusExpOfMinus(reset));
      FloatVector.fromArray(SPECIES, x, xAt + 2 * gate + j).add(part).intoArray(p, j);
    }
  }

  /** p = tanh(p). */
  static void gruCandidate(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector m = Elementary.expm1OfTwice(FloatVector.fromArray(SPECIES, p, j));
      m.div(m.add(2)).intoArray(p, j);
    }
  }

  /** h = p + sigmoid(z) (h - p). */
  static void gruState(
      float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p) {
    for (int j = 0; j < n; j += COUNT) {
      FloatVector z =
          FloatVector.fromArray(SPECIES, x, xAt + j)
              .add(FloatVector.fromArray(SPECIES, r, rAt + j));
      FloatVector t = FloatVector.fromArray(SPECIES, p, j);
      FloatVector change = FloatVector.fromArray(SPECIES, h, at + j).sub(t);
      t.add(change.div(Elementary.onePlusExpOfMinus(z))).intoArray(h, at + j);
    }
  }
}
